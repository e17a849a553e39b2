package io.aktnode.ops.bench;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * Memory of this process as the kernel sees it, heap and native together.
 *
 * @param residentBytes now; absent where there is no /proc
 * @param peakBytes most ever
 */
public record ProcessMemory(OptionalLong residentBytes, OptionalLong peakBytes) {

    private static final Path STATUS = Path.of("/proc/self/status");

    /** As of now. */
    public static ProcessMemory read() {
        try {
            return parse(Files.readString(STATUS));
        } catch (IOException e) {
            return new ProcessMemory(OptionalLong.empty(), OptionalLong.empty());
        }
    }

    static ProcessMemory parse(String status) {
        return new ProcessMemory(bytes(status, "VmRSS"), bytes(status, "VmHWM"));
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
