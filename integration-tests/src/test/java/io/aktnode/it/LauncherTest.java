package io.aktnode.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(300)
class LauncherTest {

    @TempDir private Path directory;

    private AktNodeProcess launch(String... arguments) throws IOException {
        return AktNodeProcess.launch(directory, arguments);
    }

    @Test
    void worksThroughASymbolicLinkFromAnyDirectoryAndSaysNothingElse() throws Exception {
        Path link =
                Files.createSymbolicLink(
                        directory.resolve("node"), AktNodeProcess.HOME.resolve("akt-node"));

        AktNodeProcess process =
                AktNodeProcess.start(directory, Map.of(), link.toString(), "--version").ends(0);

        assertTrue(process.output().startsWith("akt-node 0."), process.output());
        assertEquals("", process.errorOutput());
    }

    @Test
    void badFlagsGiveOneSentenceAndExitCode2() throws Exception {
        AktNodeProcess flag = launch("quantize", "--bit", "3").ends(2);
        AktNodeProcess value = launch("quickstart", "--bits", "9").ends(2);
        AktNodeProcess nothing = launch().ends(2);

        for (AktNodeProcess process : List.of(flag, value, nothing)) {
            assertEquals(1, process.errorOutput().lines().count(), process.errorOutput());
            assertTrue(process.errorOutput().startsWith("akt-node: "), process.errorOutput());
            assertEquals("", process.output());
        }
    }

    @Test
    void aFlagBeatsTheFileWhichBeatsTheEnvironment() throws Exception {
        Path file = directory.resolve("my.conf");
        Files.writeString(file, "akt { seed = 5, window = 2 }");

        AktNodeProcess process =
                AktNodeProcess.start(
                                directory,
                                Map.of("AKT_SEED", "7", "AKT_WINDOW", "3", "AKT_BATCH", "32"),
                                AktNodeProcess.HOME.resolve("akt-node").toString(),
                                "quickstart",
                                "--config",
                                file.toString(),
                                "--window",
                                "4",
                                "--print-config")
                        .ends(0);

        String printed = process.output();
        assertTrue(printed.lines().anyMatch(line -> line.matches(" +seed = 5 .*")), printed);
        assertTrue(
                printed.lines().anyMatch(line -> line.matches(" +window = 4 +# --window")),
                printed);
        assertTrue(
                printed.lines().anyMatch(line -> line.matches(" +batch = \"32\" +# environment")),
                printed);
    }

    @Test
    void theProcessHasTheFlagsAndVariablesANodeNeeds() throws Exception {
        AktNodeProcess process = launch("doctor", "--device", "cpu").ends(0);

        for (String subject :
                List.of("Agrona's flag", "Vector API", "malloc", "OpenBLAS", "OpenMP", "backend")) {
            assertTrue(
                    process.output()
                            .lines()
                            .anyMatch(line -> line.matches("ok +" + subject + " .*")),
                    subject + " is not ok:\n" + process.output());
        }
    }

    @Test
    void theJarAloneOpensWhatAgronaNeeds() throws Exception {
        Path jar;
        try (Stream<Path> files = Files.list(AktNodeProcess.HOME.resolve("ops/target"))) {
            jar =
                    files.filter(file -> file.getFileName().toString().matches("ops-.*\\.jar"))
                            .findFirst()
                            .orElseThrow();
        }

        AktNodeProcess process =
                AktNodeProcess.start(
                                directory,
                                Map.of(),
                                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                                "-jar",
                                jar.toString(),
                                "doctor",
                                "--device",
                                "cpu")
                        .ends(0);

        assertTrue(
                process.output().lines().anyMatch(line -> line.startsWith("ok    Agrona's flag")),
                process.output());
    }

    @Test
    void theVectorApiIsLeftOutWhereItIsNotWanted() throws Exception {
        Map<String, String> showModules = Map.of("AKT_NODE_JAVA_OPTS", "--show-module-resolution");
        Map<String, String> withoutVector = new HashMap<>(showModules);
        withoutVector.put("AKT_NODE_VECTOR", "never");

        assertTrue(rootModules(showModules).contains("jdk.incubator.vector"));
        assertFalse(rootModules(withoutVector).contains("jdk.incubator.vector"));
    }

    private String rootModules(Map<String, String> environment) throws Exception {
        return AktNodeProcess.start(
                        directory, environment, AktNodeHome.LAUNCHER.toString(), "--version")
                .ends(0)
                .output();
    }
}
