package io.aktnode.actors.data;

import java.util.function.LongSupplier;
import java.util.function.Supplier;

/** How long a role works on a step, and how long it waits in between. One thread. */
public final class StopWatch {

    private static final double NS_PER_SECOND = 1e9;

    private final LongSupplier nanoClock;
    private long firstNs;
    private long lastNs;
    private long workedNs;
    private boolean started;

    public StopWatch(LongSupplier nanoClock) {
        this.nanoClock = nanoClock;
    }

    /** Does a piece of work of the step. */
    public <T> T time(Supplier<T> work) {
        long beginNs = nanoClock.getAsLong();
        if (!started) {
            started = true;
            firstNs = beginNs;
        }
        try {
            return work.get();
        } finally {
            lastNs = nanoClock.getAsLong();
            workedNs += lastNs - beginNs;
        }
    }

    /** The same for work without a result. */
    public void run(Runnable work) {
        time(
                () -> {
                    work.run();
                    return null;
                });
    }

    public double computeSeconds() {
        return workedNs / NS_PER_SECOND;
    }

    /** From the first piece of work to the last, without the work. */
    public double waitSeconds() {
        return (lastNs - firstNs - workedNs) / NS_PER_SECOND;
    }

    /** For the next step. */
    public void reset() {
        started = false;
        firstNs = 0;
        lastNs = 0;
        workedNs = 0;
    }
}
