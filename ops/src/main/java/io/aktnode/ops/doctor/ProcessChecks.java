package io.aktnode.ops.doctor;

import java.util.List;
import java.util.Locale;

/** Java, its flags, and the environment the launcher sets. */
final class ProcessChecks {

    private static final String START = "start with ./akt-node, which sets it";
    private static final List<String> TUNABLES =
            List.of("glibc.malloc.mmap_max=0", "glibc.malloc.trim_threshold=");

    private final Machine machine;

    ProcessChecks(Machine machine) {
        this.machine = machine;
    }

    List<Finding> all() {
        return List.of(java(), heap(), opens(), vectorModule(), malloc(), openBlas(), openMp());
    }

    private Finding java() {
        int feature = Runtime.version().feature();
        String found = Runtime.version() + ", " + System.getProperty("java.home");
        return feature >= 17
                ? Finding.ok("Java", found)
                : Finding.fail("Java", found, "install Java 17 or newer");
    }

    private Finding heap() {
        long bytes = Runtime.getRuntime().maxMemory();
        String found = Sizes.text(bytes);
        return bytes >= 400L << 20
                ? Finding.ok("Java heap", found)
                : Finding.warn("Java heap", found, "give it 512m or more: AKT_NODE_HEAP=1g");
    }

    private Finding opens() {
        boolean open =
                ModuleLayer.boot()
                        .findModule("java.base")
                        .map(base -> base.isOpen("jdk.internal.misc", getClass().getModule()))
                        .orElse(false);
        return open
                ? Finding.ok("Agrona's flag", "--add-opens java.base/jdk.internal.misc")
                : Finding.fail(
                        "Agrona's flag",
                        "--add-opens java.base/jdk.internal.misc=ALL-UNNAMED is missing",
                        "without it no node starts; " + START);
    }

    private Finding vectorModule() {
        return ModuleLayer.boot().findModule("jdk.incubator.vector").isPresent()
                ? Finding.ok("Vector API", "jdk.incubator.vector is there")
                : Finding.warn(
                        "Vector API",
                        "jdk.incubator.vector is missing: kernels run in plain Java",
                        START + " (--add-modules jdk.incubator.vector)");
    }

    private Finding malloc() {
        String set = machine.variable("GLIBC_TUNABLES");
        return TUNABLES.stream().allMatch(set::contains)
                ? Finding.ok("malloc", "keeps oneDNN's scratch memory")
                : Finding.warn(
                        "malloc",
                        set.isEmpty() ? "GLIBC_TUNABLES is not set" : "GLIBC_TUNABLES=" + set,
                        "convolution gradients take twice as long; " + START);
    }

    private Finding openBlas() {
        return variable("OpenBLAS", "OPENBLAS_NUM_THREADS", "1");
    }

    private Finding openMp() {
        return variable("OpenMP", "OMP_WAIT_POLICY", "passive");
    }

    private Finding variable(String subject, String name, String wanted) {
        String value = machine.variable(name);
        return value.toLowerCase(Locale.ROOT).equals(wanted)
                ? Finding.ok(subject, name + "=" + value)
                : Finding.warn(
                        subject,
                        name + (value.isEmpty() ? " is not set" : "=" + value),
                        "threads will compete for the cores; " + START);
    }
}
