package io.aktnode.nn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.kernel.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Long runs must not grow: two thousand steps on the buffers of the first. */
@EnabledOnOs(OS.LINUX)
class MemoryFlatnessTest {

    private static final int WARM_UP = 300;
    private static final int STEPS = 2_000;
    private static final double ALLOWED_GROWTH = 0.02;
    private static final long PAGE = 4096;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void twoThousandStepsLeaveOffHeapMemoryAndResidentSetFlat() throws IOException {
        try (SmallSystem system = new SmallSystem(BaseMethod.ADADFQ, true, 2, 5)) {
            for (int step = 0; step < WARM_UP; step++) {
                system.loop.step(step);
            }
            touchTheHeap();
            long native0 = Tensor.allocatedBytes();
            long resident0 = residentBytes();

            for (int step = WARM_UP; step < WARM_UP + STEPS; step++) {
                system.loop.step(step);
            }

            long resident = residentBytes();
            assertEquals(native0, Tensor.allocatedBytes(), "off-heap");
            assertTrue(
                    resident <= (1 + ALLOWED_GROWTH) * resident0,
                    "resident set grew from " + resident0 + " to " + resident + " bytes");
        }
    }

    /**
     * Makes the collector use all the young generation it will, so that it does not count as
     * growth.
     */
    private static void touchTheHeap() {
        long seen = 0;
        for (int i = 0; i < 3_000_000; i++) {
            seen += new byte[1024].length;
        }
        assertEquals(3_000_000L * 1024, seen);
    }

    private static long residentBytes() throws IOException {
        String[] fields = Files.readString(Path.of("/proc/self/statm")).split(" ");
        return Long.parseLong(fields[1]) * PAGE;
    }
}
