package io.aktnode.protocol.tensor;

import java.util.concurrent.locks.LockSupport;
import java.util.function.LongSupplier;
import org.agrona.concurrent.IdleStrategy;

/**
 * What a thread does that finds nothing to do: spins and yields for some microseconds, then sleeps
 * longer and longer up to a length that may change. One instance for each thread.
 */
final class Nap implements IdleStrategy {

    private static final int SPINS = 10;
    private static final long SHORTEST_SLEEP_NS = 1_000;

    private final int yields;
    private final LongSupplier longestNs;

    /** Calls in a row without work, as far as they are counted. */
    private int idle;

    private long sleepNs = SHORTEST_SLEEP_NS;

    /**
     * @param yields how often the core is given up before the first sleep
     * @param longestNs how long a sleep may be now, ns
     */
    Nap(int yields, LongSupplier longestNs) {
        this.yields = yields;
        this.longestNs = longestNs;
    }

    @Override
    public void idle(int workCount) {
        if (workCount > 0) {
            reset();
        } else {
            idle();
        }
    }

    @Override
    public void idle() {
        if (idle < SPINS) {
            idle++;
            Thread.onSpinWait();
        } else if (idle < SPINS + yields) {
            idle++;
            Thread.yield();
        } else {
            sleepNs = Math.min(sleepNs, longestNs.getAsLong());
            LockSupport.parkNanos(sleepNs);
            sleepNs *= 2;
        }
    }

    @Override
    public void reset() {
        idle = 0;
        sleepNs = SHORTEST_SLEEP_NS;
    }

    @Override
    public String alias() {
        return "nap";
    }
}
