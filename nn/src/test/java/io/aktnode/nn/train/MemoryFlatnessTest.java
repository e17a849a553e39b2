package io.aktnode.nn.train;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.kernel.Tensor;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;

/** Long runs must not grow: thousands of steps on the buffers of the first. */
@EnabledOnOs(OS.LINUX)
class MemoryFlatnessTest {

    private static final int WARM_UP = 300;
    private static final int STEPS = 2_000;

    /**
     * What leaks grows in every window by the same amount; what the JVM takes once (a larger heap,
     * the compiler's working memory) leaves the next one flat.
     */
    private static final int WINDOWS = 3;

    private static final double ALLOWED_GROWTH = 0.01;
    private static final long PAGE = 4096;

    @Test
    @Timeout(value = 5, unit = TimeUnit.MINUTES)
    void twoThousandStepsLeaveOffHeapMemoryAndResidentSetFlat() throws IOException {
        try (SmallSystem system = new SmallSystem(BaseMethod.ADADFQ, true, 2, 5)) {
            int step = 0;
            while (step < WARM_UP) {
                system.loop.step(step++);
            }
            touchTheHeap();
            long native0 = Tensor.allocatedBytes();
            List<Long> resident = new ArrayList<>(List.of(residentBytes()));
            do {
                for (int i = 0; i < STEPS; i++) {
                    system.loop.step(step++);
                }
                resident.add(residentBytes());
                assertEquals(native0, Tensor.allocatedBytes(), "off-heap");
            } while (growth(resident) > ALLOWED_GROWTH && resident.size() <= WINDOWS);

            assertTrue(
                    growth(resident) <= ALLOWED_GROWTH,
                    "resident bytes grew in every window of " + STEPS + " steps: " + resident);
        }
    }

    /** In the last window, as a part of what there was before it. */
    private static double growth(List<Long> resident) {
        int last = resident.size() - 1;
        return (double) resident.get(last) / resident.get(last - 1) - 1;
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
