package io.aktnode.protocol.tensor;

import io.aktnode.protocol.frame.DropReason;
import java.util.EnumMap;
import java.util.Map;
import java.util.concurrent.atomic.LongAdder;

/** Counts what travelled and what did not. Any thread may read; each count only grows. */
public final class FrameCounters {

    private final FrameCounters total;
    private final LongAdder receivedFrames = new LongAdder();
    private final LongAdder receivedBytes = new LongAdder();
    private final LongAdder sentBytes = new LongAdder();
    private final Map<DropReason, LongAdder> dropped = new EnumMap<>(DropReason.class);
    private final Map<SendResult, LongAdder> sends = new EnumMap<>(SendResult.class);

    /** Counters of a whole node. */
    FrameCounters() {
        this(null);
    }

    /** Counters of a part, which also count in those of the whole. */
    FrameCounters(FrameCounters total) {
        this.total = total;
        for (DropReason reason : DropReason.values()) {
            dropped.put(reason, new LongAdder());
        }
        for (SendResult result : SendResult.values()) {
            sends.put(result, new LongAdder());
        }
    }

    /** Frames handed whole to their owner. */
    public long receivedFrames() {
        return receivedFrames.sum();
    }

    /** Tensor bytes of those frames. */
    public long receivedBytes() {
        return receivedBytes.sum();
    }

    public long dropped(DropReason reason) {
        return dropped.get(reason).sum();
    }

    /** Frames dropped for whatever reason. */
    public long dropped() {
        return dropped.values().stream().mapToLong(LongAdder::sum).sum();
    }

    /** How many sends ended this way. */
    public long sends(SendResult result) {
        return sends.get(result).sum();
    }

    /** Tensor bytes of the frames that were sent. */
    public long sentBytes() {
        return sentBytes.sum();
    }

    void received(long bytes) {
        receivedFrames.increment();
        receivedBytes.add(bytes);
        if (total != null) {
            total.received(bytes);
        }
    }

    void drop(DropReason reason) {
        dropped.get(reason).increment();
        if (total != null) {
            total.drop(reason);
        }
    }

    void send(SendResult result, long bytes) {
        sends.get(result).increment();
        if (result == SendResult.SENT) {
            sentBytes.add(bytes);
        }
        if (total != null) {
            total.send(result, bytes);
        }
    }
}
