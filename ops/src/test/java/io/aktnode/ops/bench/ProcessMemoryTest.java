package io.aktnode.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.OptionalLong;
import org.junit.jupiter.api.Test;

class ProcessMemoryTest {

    @Test
    void readsResidentAndPeakMemoryInBytes() {
        ProcessMemory memory =
                ProcessMemory.parse("Name:\tjava\nVmHWM:\t  2048 kB\nVmRSS:\t     3 kB\n", 7, 9);

        assertEquals(OptionalLong.of(3 * 1024), memory.residentBytes());
        assertEquals(OptionalLong.of(2048 * 1024), memory.peakBytes());
        assertEquals(7, memory.tensorBytes());
        assertEquals(9, memory.heapBytes());
    }

    @Test
    void whatTheKernelDoesNotSayIsUnknown() {
        assertTrue(ProcessMemory.parse("Name:\tjava\n", 7, 9).residentBytes().isEmpty());
    }
}
