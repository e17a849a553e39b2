package io.aktnode.ops.doctor;

import java.util.ArrayList;
import java.util.List;
import java.util.OptionalLong;

/** Cores, memory, shared memory, sockets. */
final class MachineChecks {

    private static final long ENOUGH_MEMORY = 2L << 30;
    private static final long ENOUGH_SHARED = 128L << 20;
    private static final long ENOUGH_SOCKET_BUFFER = 2L << 20;

    private final Machine machine;

    MachineChecks(Machine machine) {
        this.machine = machine;
    }

    List<Finding> all() {
        List<Finding> findings = new ArrayList<>();
        findings.add(cores());
        findings.add(memory());
        findings.add(sharedMemory());
        findings.add(socketBuffer());
        return findings;
    }

    private Finding cores() {
        int cores = Runtime.getRuntime().availableProcessors();
        return cores >= 2
                ? Finding.ok("cores", Integer.toString(cores))
                : Finding.warn(
                        "cores",
                        Integer.toString(cores),
                        "transport and arithmetic share it; give the node two or more");
    }

    private Finding memory() {
        OptionalLong total = machine.memory("MemTotal");
        if (total.isEmpty()) {
            return Finding.warn("memory", "unknown, no /proc/meminfo", "this system is no Linux");
        }
        OptionalLong limit = machine.number("sys/fs/cgroup/memory.max");
        long usable = Math.min(total.getAsLong(), limit.orElse(Long.MAX_VALUE));
        String found =
                Sizes.text(usable)
                        + (usable < total.getAsLong() ? " (limit of the container)" : "")
                        + machine.memory("MemAvailable").stream()
                                .mapToObj(free -> ", " + Sizes.text(free) + " available")
                                .findFirst()
                                .orElse("");
        return usable >= ENOUGH_MEMORY
                ? Finding.ok("memory", found)
                : Finding.warn("memory", found, "give the node 2 GB or use a smaller --batch");
    }

    private Finding sharedMemory() {
        OptionalLong free = machine.free("dev/shm");
        if (free.isEmpty()) {
            return Finding.warn(
                    "/dev/shm", "not there", "tensors go through files in the temporary directory");
        }
        String found = Sizes.text(free.getAsLong()) + " free";
        return free.getAsLong() >= ENOUGH_SHARED
                ? Finding.ok("/dev/shm", found)
                : Finding.warn(
                        "/dev/shm",
                        found,
                        "tensors go through the temporary directory instead; start the container"
                                + " with --shm-size=1g");
    }

    private Finding socketBuffer() {
        OptionalLong limit = machine.number("proc/sys/net/core/rmem_max");
        if (limit.isEmpty()) {
            return Finding.warn(
                    "net.core.rmem_max", "unknown", "only matters between several machines");
        }
        String found = Sizes.text(limit.getAsLong());
        return limit.getAsLong() >= ENOUGH_SOCKET_BUFFER
                ? Finding.ok("net.core.rmem_max", found)
                : Finding.warn(
                        "net.core.rmem_max",
                        found,
                        "between several machines tensors will be slow; sysctl -w"
                                + " net.core.rmem_max=4194304");
    }
}
