package io.aktnode.actors.data;

import akka.actor.Cancellable;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.protocol.control.DataAddress;
import io.aktnode.protocol.control.Restoration;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.RoleId;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * A role's frames in and out, within the current incarnation. Used by the role's thread only;
 * {@code onLanded} is called by the data plane's.
 */
public final class RoleLink implements AutoCloseable {

    /** How often a role says that it is up. */
    public static final Duration ANNOUNCE_EVERY = Duration.ofSeconds(5);

    private final RoleId self;
    private final FrameInbox inbox;
    private final FramePort port;
    private long runId;
    private int incarnation = -1;
    private Cancellable announcement = Cancellable.alreadyCancelled();

    public RoleLink(
            RoleId self,
            FramePorts ports,
            Map<FrameKind, Integer> places,
            Consumer<FrameHeader> onLanded) {
        this.self = self;
        this.inbox = new FrameInbox(places, onLanded);
        this.port = ports.open(self, inbox);
    }

    /** Where frames for this role are to be sent. */
    public DataAddress address() {
        return port.address();
    }

    /**
     * Tells the supervisor that the role is up, and again until it begins an incarnation: a message
     * may be lost on its way to another process.
     */
    public void announce(
            ActorSystem<?> system,
            ActorRef<SupervisorProtocol.Request> supervisor,
            SupervisorProtocol.Request up) {
        supervisor.tell(up);
        announcement =
                system.scheduler()
                        .scheduleWithFixedDelay(
                                ANNOUNCE_EVERY,
                                ANNOUNCE_EVERY,
                                () -> supervisor.tell(up),
                                system.executionContext());
    }

    /**
     * Fences off older incarnations and sends to where the roles are now; frames claimed before are
     * still to be released.
     */
    public void begin(Restoration restoration) {
        announcement.cancel();
        runId = restoration.runId();
        incarnation = restoration.incarnation();
        port.fence(runId, incarnation);
        port.connect(restoration.peers());
        inbox.clear();
    }

    /** Sends to where the roles are now, within the same incarnation. */
    public void connect(List<Restoration.Peer> peers) {
        port.connect(peers);
    }

    public RoleId self() {
        return self;
    }

    public int incarnation() {
        return incarnation;
    }

    /** Whether a message or frame belongs to the current incarnation. */
    public boolean current(int messageIncarnation) {
        return messageIncarnation == incarnation;
    }

    /** A landed frame, if it still counts. */
    public Optional<Frame> claim(FrameHeader header) {
        Optional<Frame> frame = inbox.claim(header);
        if (frame.isPresent() && (header.runId() != runId || !current(header.incarnation()))) {
            frame.get().release();
            return Optional.empty();
        }
        return frame;
    }

    public void send(RoleId receiver, FrameKind kind, long batch, List<Tensor> tensors) {
        send(receiver, kind, batch, 0, tensors);
    }

    /**
     * @param scalar a loss that travels beside the tensors
     */
    public void send(
            RoleId receiver, FrameKind kind, long batch, double scalar, List<Tensor> tensors) {
        port.send(
                receiver, new FrameHeader(runId, incarnation, batch, self, kind, scalar), tensors);
    }

    /** Makes a role, or closes this link if that throws: a stream has one endpoint at a time. */
    public <T> T closeUnless(Supplier<T> maker) {
        try {
            return maker.get();
        } catch (RuntimeException | Error e) {
            close();
            throw e;
        }
    }

    @Override
    public void close() {
        announcement.cancel();
        port.close();
        inbox.close();
    }
}
