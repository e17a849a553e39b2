package io.aktnode.protocol.tensor;

import io.aktnode.protocol.frame.DropReason;
import io.aktnode.protocol.frame.FrameDecryptor;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKey;
import io.aktnode.protocol.frame.FrameReader;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
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
    private final Optional<FrameKey> key;
    private final FrameCounters counters;
    private final Consumer<Endpoint> onClose;
    private final FrameReader reader;
    private final DropLog log;
    private final Host host = new Host();
    private final ReplayFence replays = new ReplayFence();

    /**
     * Held by whoever calls the landing. Once close or fence has returned, the poll thread is not
     * at work under the old order any more.
     */
    private final Object lock = new Object();

    private List<Sessions> subscriptions = List.of();
    private Fence fence;
    private boolean closed;

    Endpoint(
            int streamId,
            Landing landing,
            Optional<FrameKey> key,
            int maxFrameBytes,
            FrameCounters counters,
            NanoClock clock,
            Consumer<Endpoint> onClose) {
        this.streamId = streamId;
        this.landing = Objects.requireNonNull(landing, "landing");
        this.key = Objects.requireNonNull(key, "key");
        this.counters = counters;
        this.onClose = onClose;
        this.reader = new FrameReader(maxFrameBytes);
        this.log = new DropLog(streamId, clock);
    }

    /** For the senders on a channel; those on other machines must encrypt, if there is a key. */
    Sessions sessions(String channel) {
        boolean encrypted = key.isPresent() && !DataPlane.staysInside(channel);
        return new Sessions(
                reader, host, () -> encrypted ? new FrameDecryptor(key.get(), streamId) : null);
    }

    /** Called once, before the first poll. */
    void subscriptions(List<Sessions> own) {
        synchronized (lock) {
            subscriptions = List.copyOf(own);
        }
    }

    /**
     * Admits only frames of this run and of at least this incarnation. When this returns, none of
     * an older incarnation is under way or will be completed any more.
     */
    public void fence(long runId, int minIncarnation) {
        synchronized (lock) {
            fence = new Fence(runId, minIncarnation);
            subscriptions.forEach(Sessions::refence);
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
            return subscriptions.get(subscriptions.size() - 1).channel();
        }
    }

    /** What came in here; the node's counters hold the sum. */
    public FrameCounters counters() {
        return counters;
    }

    /** Whether a sender is there. */
    public boolean connected() {
        synchronized (lock) {
            return !closed && subscriptions.stream().anyMatch(Sessions::connected);
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
            int polled = 0;
            for (int i = 0; i < subscriptions.size(); i++) {
                polled += subscriptions.get(i).poll(FRAGMENTS_PER_POLL);
            }
            return polled;
        }
    }

    /** Once this has returned the landing is not called any more. */
    @Override
    public void close() {
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            subscriptions.forEach(Sessions::close);
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
        public ReplayFence replays() {
            return replays;
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
