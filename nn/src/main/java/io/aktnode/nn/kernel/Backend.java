package io.aktnode.nn.kernel;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.nd4j.linalg.factory.Nd4j;
import org.nd4j.nativeblas.NativeOpsHolder;

/**
 * Starts ND4J with the native build that fits this processor. Everything in this package goes
 * through {@link #start} before its first ND4J call.
 */
public final class Backend {

    private static final String EXTENSION = "org.bytedeco.javacpp.platform.extension";
    private static boolean started;

    private Backend() {}

    /**
     * Loads ND4J once; any thread. The AVX-512 build dies with SIGILL elsewhere, so the CPU
     * decides.
     */
    public static synchronized void start() {
        if (started) {
            return;
        }
        if (System.getProperty(EXTENSION) == null) {
            System.setProperty(EXTENSION, extensionFor(cpuFlags(Path.of("/proc/cpuinfo"))));
        }
        Nd4j.getBackend();
        started = true;
    }

    /**
     * One OpenMP thread for the calling thread's native operations; parallelism comes from shards.
     */
    static void oneOpenMpThread() {
        start();
        NativeOpsHolder.getInstance().getDeviceNativeOps().setOmpNumThreads(1);
    }

    /**
     * Frees the native memory of networks that nobody refers to any more; takes some tenths of a
     * second. What ND4J allocates beside its arrays is freed by Java's collector, which sees only
     * the few bytes on its own heap and would not look for days: each network made in place of
     * another then leaves some 10 MB behind. Any thread.
     */
    public static void reclaim() {
        System.gc();
    }

    static String extensionFor(String flags) {
        String padded = " " + flags + " ";
        boolean avx512 =
                padded.contains(" avx512f ")
                        && padded.contains(" avx512bw ")
                        && padded.contains(" avx512vl ")
                        && padded.contains(" avx512dq ");
        if (avx512) {
            return "-onednn-avx512";
        }
        return padded.contains(" avx2 ") && padded.contains(" fma ") ? "-onednn-avx2" : "";
    }

    static String cpuFlags(Path cpuinfo) {
        try {
            return Files.readAllLines(cpuinfo).stream()
                    .filter(line -> line.startsWith("flags"))
                    .findFirst()
                    .map(line -> line.substring(line.indexOf(':') + 1).trim())
                    .orElse("");
        } catch (IOException e) {
            return "";
        }
    }
}
