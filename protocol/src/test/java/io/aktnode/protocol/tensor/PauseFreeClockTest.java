package io.aktnode.protocol.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class PauseFreeClockTest {

    private final AtomicLong nowNs = new AtomicLong(7);
    private final PauseFreeClock clock = new PauseFreeClock(nowNs::get, () -> 1_000_000);

    private void pass(long ms) {
        nowNs.addAndGet(TimeUnit.MILLISECONDS.toNanos(ms));
    }

    @Test
    void goesAsTheClockDoesWhileItIsRead() {
        for (int i = 0; i < 100; i++) {
            pass(4000);
            clock.nanoTime();
        }

        assertEquals(1_400_000, clock.time());
        assertEquals(nowNs.get(), clock.nanoTime());
    }

    @Test
    void standsStillWhileNobodyReadsIt() {
        pass(4000);
        clock.time();
        pass(60_000);

        assertEquals(1_004_000, clock.time());
        pass(1000);
        assertEquals(1_005_000, clock.time());
        assertEquals(nowNs.get() - TimeUnit.MINUTES.toNanos(1), clock.nanoTime());
    }
}
