package io.aktnode.protocol.tensor;

import io.aktnode.protocol.frame.DropReason;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs dropped frames, each reason at most once in ten seconds. One thread at a time. */
final class DropLog {

    static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);

    private static final Logger LOG = LoggerFactory.getLogger(DropLog.class);

    private static final class Gate {
        private long openAtNs;
        private long suppressed;
    }

    private final Map<DropReason, Gate> gates = new EnumMap<>(DropReason.class);
    private final NanoClock clock;
    private final int streamId;

    DropLog(int streamId, NanoClock clock) {
        this.streamId = streamId;
        this.clock = clock;
        for (DropReason reason : DropReason.values()) {
            Gate gate = new Gate();
            gate.openAtNs = clock.nanoTime();
            gates.put(reason, gate);
        }
    }

    /** Whether a drop for this reason is to be logged now; else it is only counted. */
    boolean open(DropReason reason) {
        Gate gate = gates.get(reason);
        if (clock.nanoTime() - gate.openAtNs >= 0) {
            return true;
        }
        gate.suppressed++;
        return false;
    }

    /** Logs one drop and shuts the gate for a while. */
    void log(DropReason reason, int sessionId, Object what, String detail, Throwable cause) {
        Gate gate = gates.get(reason);
        LOG.warn(
                "stream {} session {}: dropped {} ({}): {}; {} more like this since the last line",
                streamId,
                sessionId,
                what == null ? "a frame" : what,
                reason,
                detail,
                gate.suppressed,
                cause);
        gate.suppressed = 0;
        gate.openAtNs = clock.nanoTime() + INTERVAL_NS;
    }
}
