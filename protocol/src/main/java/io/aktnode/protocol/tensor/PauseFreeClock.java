package io.aktnode.protocol.tensor;

import org.agrona.concurrent.EpochClock;
import org.agrona.concurrent.NanoClock;

/**
 * Time in which this process was at work: while it stands still, stopped or frozen with its
 * container, no time passes. Whoever reads it does so many times a second; a long gap between two
 * readings was a pause. Media driver and client of one process share it, so that neither takes the
 * other for dead after one. Any thread.
 */
final class PauseFreeClock implements EpochClock, NanoClock {

    /** More than a busy machine keeps a thread waiting; less than the timeouts measured by this. */
    private static final long LONGEST_GAP_NS = 5_000_000_000L;

    private static final long NS_PER_MS = 1_000_000;

    private final NanoClock clock;
    private final long startMs;
    private final long startNs;
    private long lastNs;
    private long pausedNs;

    PauseFreeClock(NanoClock clock, EpochClock wall) {
        this.clock = clock;
        this.startMs = wall.time();
        this.startNs = clock.nanoTime();
        this.lastNs = startNs;
    }

    @Override
    public synchronized long nanoTime() {
        long now = clock.nanoTime();
        if (now - lastNs > LONGEST_GAP_NS) {
            pausedNs += now - lastNs;
        }
        lastNs = now;
        return now - pausedNs;
    }

    /** Milliseconds since the epoch, behind the wall clock by the pauses there were. */
    @Override
    public long time() {
        return startMs + (nanoTime() - startNs) / NS_PER_MS;
    }
}
