package io.aktnode.protocol.tensor;

import io.aeron.FragmentAssembler;
import io.aeron.Image;
import io.aeron.Subscription;
import io.aeron.logbuffer.Header;
import io.aktnode.protocol.frame.DropReason;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameReader;
import java.util.List;
import java.util.Objects;
import java.util.Queue;
import java.util.concurrent.ConcurrentLinkedQueue;
import java.util.function.Consumer;
import org.agrona.DirectBuffer;
import org.agrona.collections.Int2ObjectHashMap;
import org.agrona.concurrent.NanoClock;

/**
 * Receives one stream's frames and lands them in its owner's memory. Until {@link #fence} is called
 * every frame is dropped as of a foreign run.
 *
 * <p>Any thread may call the public methods.
 */
public final class Endpoint implements AutoCloseable {

    private static final int FRAGMENTS_PER_POLL = 16;

    /** Frames of this run, and of this incarnation or a later one, may come in. */
    private record Fence(long runId, int minIncarnation) {}

    private final int streamId;
    private final Landing landing;
    private final FrameCounters counters;
    private final Consumer<Endpoint> onClose;
    private final FrameReader reader;
    private final DropLog log;
    private final Host host = new Host();
    private final FragmentAssembler assembler = new FragmentAssembler(this::onMessage);
    private final Int2ObjectHashMap<FrameAssembly> assemblies = new Int2ObjectHashMap<>();
    private final Queue<Integer> goneSessions = new ConcurrentLinkedQueue<>();

    /**
     * Held by whoever calls the landing. Once close or fence has returned, the poll thread is not
     * at work under the old order any more.
     */
    private final Object lock = new Object();

    private List<Subscription> subscriptions = List.of();
    private Fence fence;
    private boolean closed;

    Endpoint(
            int streamId,
            Landing landing,
            int maxFrameBytes,
            FrameCounters counters,
            NanoClock clock,
            Consumer<Endpoint> onClose) {
        this.streamId = streamId;
        this.landing = Objects.requireNonNull(landing, "landing");
        this.counters = counters;
        this.onClose = onClose;
        this.reader = new FrameReader(maxFrameBytes);
        this.log = new DropLog(streamId, clock);
    }

    /** Called once, before the first poll. */
    void subscriptions(List<Subscription> subscriptions) {
        synchronized (lock) {
            this.subscriptions = List.copyOf(subscriptions);
        }
    }

    /**
     * Called by Aeron's own thread when a sender is gone; handled at the next poll. Nothing of that
     * session is polled after this.
     */
    void onUnavailableImage(Image image) {
        goneSessions.add(image.sessionId());
    }

    /**
     * Admits only frames of this run and of at least this incarnation. When this returns, none of
     * an older incarnation is under way or will be completed any more.
     */
    public void fence(long runId, int minIncarnation) {
        synchronized (lock) {
            fence = new Fence(runId, minIncarnation);
            assemblies.values().forEach(FrameAssembly::refence);
        }
    }

    /** The stream it receives. */
    public int streamId() {
        return streamId;
    }

    /**
     * The channel a publisher reaches it by, the one from afar if it has two; a port 0 of the
     * configuration is replaced by the one taken.
     */
    public String channel() {
        synchronized (lock) {
            requireOpen();
            Subscription farthest = subscriptions.get(subscriptions.size() - 1);
            String resolved = farthest.tryResolveChannelEndpointPort();
            return resolved == null ? farthest.channel() : resolved;
        }
    }

    /** What came in here; the node's counters hold the sum. */
    public FrameCounters counters() {
        return counters;
    }

    /** Whether a sender is there. */
    public boolean connected() {
        synchronized (lock) {
            return !closed && subscriptions.stream().anyMatch(Subscription::isConnected);
        }
    }

    private void requireOpen() {
        if (closed) {
            throw new TransportClosedException("endpoint of stream " + streamId + " is closed");
        }
    }

    /** Handles what has arrived; returns how much it was. Only the poll thread calls this. */
    int poll() {
        synchronized (lock) {
            if (closed) {
                return 0;
            }
            forgetGoneSessions();
            int polled = 0;
            for (int i = 0; i < subscriptions.size(); i++) {
                polled += subscriptions.get(i).poll(assembler, FRAGMENTS_PER_POLL);
            }
            return polled;
        }
    }

    private void forgetGoneSessions() {
        for (Integer gone = goneSessions.poll(); gone != null; gone = goneSessions.poll()) {
            assembler.freeSessionBuffer(gone);
            FrameAssembly assembly = assemblies.remove(gone.intValue());
            if (assembly != null) {
                assembly.abandon(DropReason.TRUNCATED, "its sender has gone");
            }
        }
    }

    private void onMessage(DirectBuffer buffer, int offset, int length, Header aeronHeader) {
        if (closed) {
            return;
        }
        int session = aeronHeader.sessionId();
        FrameAssembly assembly = assemblies.get(session);
        if (assembly == null) {
            assembly = new FrameAssembly(session, reader, host);
            assemblies.put(session, assembly);
        }
        assembly.onMessage(buffer, offset, length);
    }

    /** Once this has returned the landing is not called any more. */
    @Override
    public void close() {
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            assemblies.values().forEach(a -> a.abandon(DropReason.CLOSED, "endpoint closed"));
            assemblies.clear();
            assembler.clear();
            subscriptions.forEach(Subscription::close);
        }
        onClose.accept(this);
    }

    private final class Host implements FrameAssembly.Host {
        @Override
        public DropReason fenced(FrameHeader header) {
            if (fence == null || fence.runId != header.runId()) {
                return DropReason.FOREIGN_RUN;
            }
            return header.incarnation() < fence.minIncarnation ? DropReason.OLD_INCARNATION : null;
        }

        @Override
        public Landing landing() {
            return landing;
        }

        @Override
        public void received(long bytes) {
            counters.received(bytes);
        }

        @Override
        public void dropped(
                DropReason reason,
                int sessionId,
                FrameHeader header,
                String detail,
                Throwable cause) {
            counters.drop(reason);
            if (log.open(reason)) {
                log.log(reason, sessionId, header, detail + "; fence " + fence, cause);
            }
        }
    }
}
