package io.aktnode.protocol.tensor;

import java.util.concurrent.TimeUnit;
import org.agrona.concurrent.NanoClock;

/** Lets lines of one kind into the log at most once in ten seconds. One thread at a time. */
final class LogGate {

    static final long INTERVAL_NS = TimeUnit.SECONDS.toNanos(10);

    private final NanoClock clock;
    private long openAtNs;
    private long suppressed;

    LogGate(NanoClock clock) {
        this.clock = clock;
        this.openAtNs = clock.nanoTime();
    }

    /** Whether a line may be logged now; else it is only counted. */
    boolean open() {
        if (clock.nanoTime() - openAtNs >= 0) {
            return true;
        }
        suppressed++;
        return false;
    }

    /** Shuts the gate for a while, a line having been logged; returns how many were not before. */
    long shut() {
        long before = suppressed;
        suppressed = 0;
        openAtNs = clock.nanoTime() + INTERVAL_NS;
        return before;
    }
}
