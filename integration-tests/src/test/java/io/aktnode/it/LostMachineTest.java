package io.aktnode.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.model.Safetensors;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Three machines without a common disk; the one that leads loses it. */
@Tag("campaign")
@Timeout(600)
class LostMachineTest {

    private static final int EVERY_STEPS = 2;
    private static final String JOB =
            """
            teacher.file = embedded
            batch = 8
            schedule { epochs = %d, steps-per-epoch = 4, calibration-epochs = 1 }
            checkpoint.every-steps = 2
            report.plots = false
            management.enabled = false
            """;

    @TempDir private Path directory;
    private final List<AktNodeProcess> processes = new ArrayList<>();
    private int seed;
    private int epochs = 4;

    @BeforeEach
    void chooseSeed() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            seed = socket.getLocalPort();
        }
    }

    @AfterEach
    void endAll() {
        processes.forEach(AktNodeProcess::close);
    }

    /** Starts a node of the cluster on a machine of its own. */
    private AktNodeProcess start(String machine, String roles, int port) throws IOException {
        return start(
                machine,
                roles,
                "node { failure-after = 3s, seeds = [\"127.0.0.1:"
                        + seed
                        + "\"], port = "
                        + port
                        + " }");
    }

    private AktNodeProcess start(String machine, String roles, String node) throws IOException {
        Path disk = Files.createDirectories(directory.resolve(machine));
        Path file = disk.resolve("job.conf");
        Files.writeString(file, "akt { out = job\n" + node + "\n" + JOB.formatted(epochs) + "}");
        AktNodeProcess process =
                AktNodeProcess.launchBriefly(disk, "--role=" + roles, "--config", file.toString());
        processes.add(process);
        return process;
    }

    /** Starts the first machine; returns when it leads. */
    private AktNodeProcess lead() throws Exception {
        AktNodeProcess lead = start("machine1", "supervisor,generator", seed);
        lead.await("lead", () -> lead.output().contains("waiting for processes"));
        return lead;
    }

    private record Machines(AktNodeProcess lead, AktNodeProcess second, AktNodeProcess third) {}

    /** Starts one after the other; returns when both that follow have copied two checkpoints. */
    private Machines startThree(String secondsRoles) throws Exception {
        AktNodeProcess lead = lead();
        AktNodeProcess second = start("machine2", secondsRoles, 0);
        AktNodeProcess third = start("machine3", "supervisor,student", 0);
        second.await("a copy", () -> checkpointed("machine2", 2 * EVERY_STEPS));
        third.await("a copy", () -> checkpointed("machine3", 2 * EVERY_STEPS));
        return new Machines(lead, second, third);
    }

    private boolean checkpointed(String machine, int step) {
        return Files.exists(
                directory
                        .resolve(machine)
                        .resolve(String.format(Locale.ROOT, "job/checkpoints/step-%08d", step)));
    }

    private static String student(Path machine) {
        return Safetensors.sha256(machine.resolve("job/student.safetensors"));
    }

    private static long newestStep(Path machine) throws IOException {
        try (Stream<Path> found = Files.list(machine.resolve("job/checkpoints"))) {
            return found.map(path -> path.getFileName().toString())
                    .filter(name -> name.startsWith("step-"))
                    .mapToLong(name -> Long.parseLong(name.substring("step-".length())))
                    .max()
                    .orElseThrow();
        }
    }

    private static List<String> journal(Path machine) throws IOException {
        return Files.readAllLines(machine.resolve("job/journal.jsonl"));
    }

    /** Where the run was gone on from last. */
    private static long resumedAt(List<String> journal) {
        String began =
                journal.stream()
                        .filter(line -> line.contains("\"detail\":\"resumed\""))
                        .reduce((earlier, later) -> later)
                        .orElseThrow();
        Matcher step = Pattern.compile("\"step\":(\\d+)").matcher(began);
        assertTrue(step.find(), began);
        return Long.parseLong(step.group(1));
    }

    @Test
    void anotherGoesOnFromItsOwnCopyAtMostOneIntervalEarlierToTheSameStudent() throws Exception {
        AktNodeProcess alone = start("alone", "all", "node.port = 0");
        Machines machines = startThree("supervisor,generator,teacher");
        AktNodeProcess lead = machines.lead();
        AktNodeProcess second = machines.second();
        AktNodeProcess third = machines.third();

        lead.signal("KILL");
        long reached = newestStep(directory.resolve("machine1"));
        Files.move(directory.resolve("machine1"), directory.resolve("lost"));

        second.ends(0);
        third.ends(0);
        alone.ends(0);
        boolean heir = Files.exists(directory.resolve("machine2/job/result.json"));
        Path disk = directory.resolve(heir ? "machine2" : "machine3");
        assertEquals(
                student(directory.resolve("alone")),
                student(disk),
                () -> (heir ? second : third).output());
        List<String> journal = journal(disk);
        assertEquals(journal(directory.resolve("lost")).get(0), journal.get(0));
        long resumed = resumedAt(journal);
        assertTrue(
                resumed >= 2 * EVERY_STEPS && reached - resumed <= EVERY_STEPS,
                resumed + " after " + reached);
    }

    /** It is the only seed, too, and begins a cluster of its own: the others come to it. */
    @Test
    void aLeadThatIsStartedAgainIsJoinedByTheOthersWithWhatTheyDidMeanwhile() throws Exception {
        epochs = 30;
        AktNodeProcess alone = start("alone", "all", "node.port = 0");
        Machines machines = startThree("supervisor,generator,teacher");
        AktNodeProcess lead = machines.lead();
        AktNodeProcess second = machines.second();
        AktNodeProcess third = machines.third();
        lead.signal("KILL");
        int later = (int) newestStep(directory.resolve("machine1")) + 2 * EVERY_STEPS;
        for (String machine : List.of("machine2", "machine3")) {
            second.await("steps without the first", () -> checkpointed(machine, later));
        }

        AktNodeProcess renewed = lead();

        for (AktNodeProcess process : List.of(renewed, second, third, alone)) {
            process.ends(0);
        }
        assertTrue(second.output().contains("this node goes there"), second.output());
        assertEquals(
                student(directory.resolve("alone")),
                student(directory.resolve("machine1")),
                renewed.output());
        assertTrue(resumedAt(journal(directory.resolve("machine1"))) >= later);
    }

    @Test
    void whoStartsFirstWithAnEmptyDiskGoesOnFromWhatOthersKeep() throws Exception {
        AktNodeProcess alone = start("alone", "all", "node.port = 0");
        Machines machines = startThree("supervisor,teacher");
        AktNodeProcess lead = machines.lead();
        AktNodeProcess second = machines.second();
        AktNodeProcess third = machines.third();

        // The power fails; one disk does not come back.
        for (AktNodeProcess process : List.of(lead, second, third)) {
            process.signal("KILL");
            process.await("end", () -> !process.alive());
        }
        long reached = newestStep(directory.resolve("machine1"));
        Files.move(directory.resolve("machine1"), directory.resolve("lost"));
        AktNodeProcess renewed = lead();
        List<AktNodeProcess> others =
                List.of(
                        start("machine2", "supervisor,teacher", 0),
                        start("machine3", "supervisor,student", 0));
        for (AktNodeProcess process : others) {
            process.ends(0);
        }
        renewed.ends(0);
        alone.ends(0);

        Path disk = directory.resolve("machine1");
        assertEquals(student(directory.resolve("alone")), student(disk), renewed::output);
        long resumed = resumedAt(journal(disk));
        assertTrue(
                resumed >= 2 * EVERY_STEPS && reached - resumed <= EVERY_STEPS,
                resumed + " after " + reached);
    }
}
