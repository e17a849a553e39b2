package io.aktnode.protocol.tensor;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(30)
class NapTest {

    private static final int YIELDS = 3;
    private static final int BEFORE_SLEEP = 10 + YIELDS;

    private static long timeNs(Runnable call) {
        long start = System.nanoTime();
        call.run();
        return System.nanoTime() - start;
    }

    /** Sleeps one after the other until one is at least so long. */
    private static void sleepUntilAsLongAs(Nap nap, long ns) {
        while (timeNs(nap::idle) < ns) {
            Thread.onSpinWait();
        }
    }

    @Test
    void sleepsLongerAndLongerUpToTheLongest() {
        AtomicLong longestNs = new AtomicLong(TimeUnit.MILLISECONDS.toNanos(20));
        Nap nap = new Nap(YIELDS, longestNs::get);

        sleepUntilAsLongAs(nap, TimeUnit.MILLISECONDS.toNanos(16));
        longestNs.set(0);
        long start = System.nanoTime();
        for (int i = 0; i < 100; i++) {
            nap.idle();
        }

        // A hundred sleeps as long as before would take two seconds.
        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(1));
    }

    @Test
    void beginsAnewAfterWork() {
        Nap nap = new Nap(YIELDS, () -> TimeUnit.SECONDS.toNanos(20));
        for (int i = 0; i < BEFORE_SLEEP + 15; i++) {
            nap.idle();
        }

        nap.idle(1);

        // The next sleep without that would be 32 ms, and the sum of the others a minute.
        long start = System.nanoTime();
        for (int i = 0; i < BEFORE_SLEEP + 5; i++) {
            nap.idle(0);
        }
        assertTrue(System.nanoTime() - start < TimeUnit.SECONDS.toNanos(1));
    }
}
