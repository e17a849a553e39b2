package io.aktnode.ops.doctor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.FileInputStream;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class DoctorTest {

    @TempDir private Path root;

    private void file(String path, String text) throws IOException {
        Path file = root.resolve(path);
        Files.createDirectories(file.getParent());
        Files.writeString(file, text);
    }

    private static Finding find(List<Finding> findings, String subject) {
        return findings.stream()
                .filter(finding -> finding.subject().equals(subject))
                .findFirst()
                .orElseThrow();
    }

    @Test
    void readsMemoryAndTheContainersLimit() throws IOException {
        file("proc/meminfo", "MemTotal:       16777216 kB\nMemAvailable:    8388608 kB\n");
        file("sys/fs/cgroup/memory.max", "1073741824\n");

        Finding memory = find(new MachineChecks(new Machine(root, Map.of())).all(), "memory");

        assertEquals("1.0 GB (limit of the container), 8.0 GB available", memory.found());
        assertEquals(Finding.Verdict.WARN, memory.verdict());
        assertTrue(memory.remedy().contains("--batch"), memory.remedy());
    }

    @Test
    void findsNoLimitWhereTheContainerHasNone() throws IOException {
        file("proc/meminfo", "MemTotal:       16777216 kB\nMemAvailable:    8388608 kB\n");
        file("sys/fs/cgroup/memory.max", "max\n");

        Finding memory = find(new MachineChecks(new Machine(root, Map.of())).all(), "memory");

        assertEquals(Finding.ok("memory", "16 GB, 8.0 GB available"), memory);
    }

    @Test
    void saysWhichSysctlToSetForSmallSocketBuffers() throws IOException {
        file("proc/sys/net/core/rmem_max", "212992\n");

        Finding small =
                find(new MachineChecks(new Machine(root, Map.of())).all(), "net.core.rmem_max");
        file("proc/sys/net/core/rmem_max", "4194304\n");
        Finding large =
                find(new MachineChecks(new Machine(root, Map.of())).all(), "net.core.rmem_max");

        assertEquals("208 KB", small.found());
        assertTrue(small.remedy().contains("sysctl -w net.core.rmem_max=4194304"));
        assertEquals(Finding.ok("net.core.rmem_max", "4 MB"), large);
    }

    @Test
    void readsTheKernelsOwnFilesWhole() throws IOException {
        String limit;
        try (InputStream in = new FileInputStream("/proc/sys/net/core/rmem_max")) {
            limit = new String(in.readNBytes(100), StandardCharsets.UTF_8);
        }

        assertEquals(
                Long.parseLong(limit.strip()),
                Machine.current().number("proc/sys/net/core/rmem_max").orElseThrow());
    }

    @Test
    void warnsOfWhatTheLauncherWouldHaveSet() {
        List<Finding> bare = new ProcessChecks(new Machine(root, Map.of())).all();
        List<Finding> launched =
                new ProcessChecks(
                                new Machine(
                                        root,
                                        Map.of(
                                                "GLIBC_TUNABLES",
                                                "glibc.malloc.mmap_max=0:glibc.malloc.trim_threshold=2",
                                                "OPENBLAS_NUM_THREADS",
                                                "1",
                                                "OMP_WAIT_POLICY",
                                                "PASSIVE")))
                        .all();

        for (String subject : List.of("malloc", "OpenBLAS", "OpenMP")) {
            assertEquals(Finding.Verdict.WARN, find(bare, subject).verdict(), subject);
            assertTrue(find(bare, subject).remedy().contains("./akt-node"), subject);
            assertEquals(Finding.Verdict.OK, find(launched, subject).verdict(), subject);
        }
    }

    @Test
    void theTestsThemselvesRunWithTheFlagsANodeNeeds() {
        List<Finding> findings = new ProcessChecks(Machine.current()).all();

        for (String subject : List.of("Java", "Agrona's flag", "Vector API", "OpenBLAS")) {
            assertEquals(Finding.Verdict.OK, find(findings, subject).verdict(), subject);
        }
    }

    @Test
    void provesOneDnnInAProcessOfItsOwn() {
        List<Finding> findings = new EngineChecks("cpu").all();

        assertEquals("cpu", find(findings, "device").found());
        assertFalse(find(findings, "backend").verdict() == Finding.Verdict.FAIL);
        assertTrue(find(findings, "oneDNN").found().contains("in use"), findings.toString());
    }

    @Test
    void failsForACardThatWasAskedFor() {
        List<Finding> findings = new EngineChecks("cuda:0").all();

        assertEquals(Finding.Verdict.FAIL, findings.get(0).verdict());
        assertEquals(1, findings.size());
    }
}
