package io.aktnode.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * The walk-through of {@code ops/deploy} with its own files: what is installed is copied, and what
 * the unit executes is executed; only addresses, directories and the length of the job are others.
 * The machines share no disk.
 */
@Timeout(600)
class WalkThroughTest {

    private static final String NETWORK = "127.0.7.";
    private static final int MACHINES = 3;

    @TempDir private Path directory;
    private final List<AktNodeProcess> processes = new ArrayList<>();

    @BeforeEach
    void install() throws IOException {
        Path target = AktNodeHome.HOME.resolve("ops/target");
        Path installed = directory.resolve("opt/akt-node/ops/target");
        Files.createDirectories(installed);
        Files.copy(AktNodeHome.LAUNCHER, directory.resolve("opt/akt-node/akt-node"));
        Files.createSymbolicLink(installed.resolve("lib"), target.resolve("lib"));
        try (Stream<Path> jars = Files.list(target)) {
            Path jar =
                    jars.filter(file -> file.getFileName().toString().matches("ops-.*\\.jar"))
                            .findFirst()
                            .orElseThrow();
            Files.copy(jar, installed.resolve(jar.getFileName()));
        }
        String job = DeployFiles.text("job.conf");
        String schedule = "epochs = 20, steps-per-epoch = 200";
        assertTrue(job.contains(schedule), job);
        String shorter = "epochs = 2, steps-per-epoch = 2, calibration-epochs = 1";
        for (int machine = 1; machine <= MACHINES; machine++) {
            Files.createDirectories(disk(machine).resolve("etc/akt-node"));
            Files.createDirectories(disk(machine).resolve("srv/akt"));
            Files.writeString(
                    disk(machine).resolve("etc/akt-node/job.conf"),
                    here(machine, job).replace(schedule, shorter));
        }
    }

    /** What is the machine's own; only the program is installed once for all. */
    private Path disk(int machine) {
        return directory.resolve("machine" + machine);
    }

    @AfterEach
    void endAll() {
        processes.forEach(AktNodeProcess::close);
    }

    /** The same on loopback and below the test's directory. */
    private String here(int machine, String text) {
        return text.replace("10.0.0.", NETWORK)
                .replace("/srv/akt", disk(machine) + "/srv/akt")
                .replace("/opt/akt-node", directory + "/opt/akt-node")
                .replace("/etc/akt-node", disk(machine) + "/etc/akt-node");
    }

    /** Does what systemd does for akt-node@job on that machine. */
    private void start(int machine) throws IOException {
        Map<String, String> environment = new HashMap<>(AktNodeProcess.SHORT_LIVED);
        here(machine, DeployFiles.text("systemd/machine" + machine + ".env"))
                .lines()
                .filter(line -> !line.startsWith("#"))
                .map(line -> line.split("=", 2))
                .forEach(variable -> environment.put(variable[0], variable[1]));
        String[] words =
                here(machine, DeployFiles.unit("ExecStart"))
                        .replace("${AKT_ROLE}", environment.get("AKT_ROLE"))
                        .replace("%i", "job")
                        .split(" ");
        processes.add(
                AktNodeProcess.start(
                        directory,
                        environment,
                        words[0],
                        List.of(words).subList(1, words.length).toArray(String[]::new)));
    }

    @Test
    void threeMachinesStartedLastToFirstDoTheJobAndEnd() throws Exception {
        start(3);
        start(2);
        start(1);

        for (AktNodeProcess process : processes) {
            process.ends(0);
        }
        // One of them has led.
        List<Path> outs =
                IntStream.rangeClosed(1, MACHINES)
                        .mapToObj(machine -> disk(machine).resolve("srv/akt/out"))
                        .toList();
        for (String result : List.of("student.safetensors", "result.json", "metrics.csv")) {
            assertEquals(
                    1,
                    outs.stream().filter(out -> Files.exists(out.resolve(result))).count(),
                    result);
        }
        assertEquals("", processes.get(0).errorOutput());
    }
}
