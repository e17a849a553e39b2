package io.aktnode.protocol.tensor;

import io.aktnode.protocol.frame.DropReason;
import java.util.EnumMap;
import java.util.Map;
import org.agrona.concurrent.NanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Logs dropped frames, each reason through its own gate. One thread at a time. */
final class DropLog {

    private static final Logger LOG = LoggerFactory.getLogger(DropLog.class);

    private final Map<DropReason, LogGate> gates = new EnumMap<>(DropReason.class);
    private final int streamId;

    DropLog(int streamId, NanoClock clock) {
        this.streamId = streamId;
        for (DropReason reason : DropReason.values()) {
            gates.put(reason, new LogGate(clock));
        }
    }

    /** Whether a drop for this reason is to be logged now; else it is only counted. */
    boolean open(DropReason reason) {
        return gates.get(reason).open();
    }

    /** Logs one drop and shuts the gate for a while. */
    void log(DropReason reason, int sessionId, Object what, String detail, Throwable cause) {
        LOG.warn(
                "stream {} session {}: dropped {} ({}): {}; {} more like this since the last line",
                streamId,
                sessionId,
                what == null ? "a frame" : what,
                reason,
                detail,
                gates.get(reason).shut(),
                cause);
    }
}
