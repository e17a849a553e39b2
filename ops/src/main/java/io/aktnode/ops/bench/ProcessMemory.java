package io.aktnode.ops.bench;

import io.aktnode.nn.kernel.Tensor;
import java.io.IOException;
import java.lang.management.ManagementFactory;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Memory of this process.
 *
 * @param residentBytes as the kernel sees it, heap and native together; absent where there is no
 *     /proc
 * @param peakBytes most of it ever
 * @param tensorBytes in open tensors
 * @param heapBytes the JVM's heap, as far as it has taken it from the system
 */
public record ProcessMemory(
        OptionalLong residentBytes, OptionalLong peakBytes, long tensorBytes, long heapBytes) {

    private static final Path STATUS = Path.of("/proc/self/status");
    private static final Path MACHINE = Path.of("/proc/meminfo");
    private static final Path LIMIT = Path.of("/sys/fs/cgroup/memory.max");
    private static final Path USED = Path.of("/sys/fs/cgroup/memory.current");

    /** As of now. */
    public static ProcessMemory read() {
        return parse(
                text(STATUS),
                Tensor.allocatedBytes(),
                ManagementFactory.getMemoryMXBean().getHeapMemoryUsage().getCommitted());
    }

    static ProcessMemory parse(String status, long tensorBytes, long heapBytes) {
        return new ProcessMemory(
                bytes(status, "VmRSS"), bytes(status, "VmHWM"), tensorBytes, heapBytes);
    }

    /** What the machine, or the container's limit, leaves; absent where neither is known. */
    static OptionalLong availableBytes() {
        OptionalLong machine = bytes(text(MACHINE), "MemAvailable");
        try {
            long left = Long.parseLong(text(LIMIT).strip()) - Long.parseLong(text(USED).strip());
            return OptionalLong.of(Math.min(left, machine.orElse(left)));
        } catch (NumberFormatException e) {
            return machine; // "max", or no container
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file);
        } catch (IOException e) {
            return "";
        }
    }

    private static OptionalLong bytes(String status, String name) {
        Matcher line =
                Pattern.compile("^" + name + ":\\s+([0-9]+) kB$", Pattern.MULTILINE)
                        .matcher(status);
        return line.find()
                ? OptionalLong.of(Long.parseLong(line.group(1)) * 1024)
                : OptionalLong.empty();
    }
}
