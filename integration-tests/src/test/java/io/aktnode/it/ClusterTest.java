package io.aktnode.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.model.Safetensors;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * One run spread over processes on loopback. In lockstep the numbers do not depend on where the
 * roles are, nor on processes that were lost and replaced: the student is that of one process.
 */
@Timeout(600)
class ClusterTest {

    private static final String JOB =
            """
            teacher.file = embedded
            batch = 4
            schedule { epochs = 3, steps-per-epoch = 10, calibration-epochs = 1 }
            checkpoint.every-steps = 3
            report.plots = false
            management.enabled = false
            """;

    private static final int NOT_CURED = 5;

    @TempDir private static Path reference;
    private static String expected;

    @TempDir private Path directory;
    private final List<AktNodeProcess> processes = new ArrayList<>();
    private int seed;

    /** Settings that differ from those of the job. */
    private String different = "";

    @BeforeAll
    static void runInOneProcess() throws Exception {
        Path file = reference.resolve("all.conf");
        Files.writeString(file, "akt { out = job, node.port = " + freePort() + "\n" + JOB + "\n}");
        AktNodeProcess.launchBriefly(reference, "--role=all", "--config", file.toString()).ends(0);
        expected = Safetensors.sha256(reference.resolve("job/student.safetensors"));
    }

    @BeforeEach
    void chooseSeed() throws IOException {
        seed = freePort();
    }

    @AfterEach
    void endAll() {
        processes.forEach(AktNodeProcess::close);
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    /** The supervisor is the seed. */
    private AktNodeProcess start(String roles, String... flags) throws IOException {
        return start(roles, roles.contains("supervisor"), flags);
    }

    /**
     * @param isSeed whether it listens where the others look; else it takes any port
     */
    private AktNodeProcess start(String roles, boolean isSeed, String... flags) throws IOException {
        Path file = Files.createTempFile(directory, "node", ".conf");
        Files.writeString(
                file,
                "akt { node { failure-after = 4s, seeds = [\"127.0.0.1:"
                        + seed
                        + "\"], port = "
                        + (isSeed ? seed : 0)
                        + " }\n"
                        + (roles.contains("supervisor") ? "out = job\n" : "")
                        + JOB
                        + different
                        + "\n}");
        List<String> arguments = new ArrayList<>(List.of("--role=" + roles));
        arguments.addAll(List.of("--config", file.toString()));
        arguments.addAll(List.of(flags));
        AktNodeProcess process =
                AktNodeProcess.launchBriefly(directory, arguments.toArray(String[]::new));
        processes.add(process);
        return process;
    }

    private boolean checkpointed(int step) {
        return Files.exists(
                directory.resolve(String.format(Locale.ROOT, "job/checkpoints/step-%08d", step)));
    }

    private void assertTheStudentOfOneProcess(AktNodeProcess supervisor) {
        assertEquals(
                expected,
                Safetensors.sha256(directory.resolve("job/student.safetensors")),
                supervisor.output());
        assertTrue(Files.exists(directory.resolve("job/result.json")));
        assertTrue(Files.exists(directory.resolve("job/metrics.csv")));
    }

    /** On both sides, with the same sentence. */
    private static void assertRefused(AktNodeProcess stranger, AktNodeProcess supervisor)
            throws Exception {
        String why =
                "is not taken into the run: it was started for the run \"other\", the supervisor for"
                        + " \"akt\"; give all processes the same akt.node.run";
        stranger.await("refusal by the stranger", () -> stranger.output().contains(why));
        supervisor.await("refusal by the supervisor", () -> supervisor.output().contains(why));
        assertFalse(stranger.output().contains("bears"), stranger.output());
    }

    private static boolean bears(AktNodeProcess process, String role) {
        return process.output().contains("bears " + role);
    }

    /** The student is the seed: started again it is alone in a cluster, and the others come. */
    @Test
    void processesFindEachOtherInAnyOrderAndAKilledSeedThatIsStartedAgainGoesOn() throws Exception {
        AktNodeProcess generator = start("generator", false);
        AktNodeProcess supervisor = start("supervisor", false);
        AktNodeProcess student = start("student", true);
        AktNodeProcess teacher = start("teacher", false);
        supervisor.await("checkpoint", () -> checkpointed(6));
        student.signal("KILL");
        supervisor.await("loss", () -> supervisor.output().contains("replace of student"));
        AktNodeProcess again = start("student", true);

        for (AktNodeProcess process : List.of(supervisor, generator, teacher, again)) {
            process.ends(0);
        }
        assertTheStudentOfOneProcess(supervisor);
        assertTrue(supervisor.output().contains("this node goes there"), supervisor.output());
    }

    /** The stranger would lead the run if it could, and stays to its end. */
    @Test
    void aProcessOfAnotherRunIsRefusedAndAStandbyTakesOverFromAKilledGenerator() throws Exception {
        AktNodeProcess supervisor = start("supervisor,student,teacher");
        different = "node.run = other, out = other";
        AktNodeProcess stranger = start("supervisor", false);
        different = "";
        AktNodeProcess first = start("generator");
        AktNodeProcess second = start("generator");
        // A lead makes acquaintance with others once each kind of role has a process.
        assertRefused(stranger, supervisor);
        supervisor.await("checkpoint", () -> checkpointed(6));
        AktNodeProcess active = bears(first, "generator-0") ? first : second;
        AktNodeProcess standby = active == first ? second : first;
        standby.await("offer", () -> standby.output().contains("offers"));
        active.signal("KILL");

        supervisor.ends(0);
        standby.ends(0);
        assertTrue(bears(standby, "generator-0"), standby.output());
        assertTheStudentOfOneProcess(supervisor);
        // It leads a run of its own, for which there is nobody.
        assertTrue(stranger.output().contains("waiting for processes"), stranger.output());
        stranger.signal("TERM");
        stranger.await("end", () -> !stranger.alive());
    }

    @Test
    void teachersShareTheBatchesAndOneThatIsKilledIsNotMissed() throws Exception {
        AktNodeProcess supervisor = start("supervisor,student");
        AktNodeProcess first = start("teacher");
        AktNodeProcess second = start("teacher");
        for (AktNodeProcess teacher : List.of(first, second)) {
            teacher.await("offer", () -> teacher.output().contains("offers"));
        }
        // Without one the run does not begin, so that it begins with both teachers.
        AktNodeProcess generator = start("generator");
        supervisor.await("checkpoint", () -> checkpointed(3));
        second.await("its share", () -> second.output().contains("bears teacher-"));
        second.signal("KILL");
        supervisor.await("the loss", () -> supervisor.output().contains("teacher-left"));

        supervisor.ends(0);
        generator.ends(0);
        assertTheStudentOfOneProcess(supervisor);
        assertFalse(supervisor.output().contains("replace of teacher"), supervisor.output());
    }

    /** The second is one that complained of the first, whose loss is not settled yet. */
    @Test
    @Tag("campaign")
    void aKilledTeacherIsNotMissedAndAStandbyTakesOverFromAGeneratorKilledSoonAfter()
            throws Exception {
        AktNodeProcess supervisor = start("supervisor,student");
        AktNodeProcess first = start("generator");
        AktNodeProcess second = start("generator");
        start("teacher");
        AktNodeProcess teacher = start("teacher");
        supervisor.await("checkpoint", () -> checkpointed(3));
        teacher.await("its share", () -> teacher.output().contains("bears teacher-"));
        AktNodeProcess active = bears(first, "generator-0") ? first : second;
        AktNodeProcess standby = active == first ? second : first;
        standby.await("offer", () -> standby.output().contains("offers"));
        teacher.signal("KILL");
        for (AktNodeProcess witness : List.of(active, supervisor)) {
            witness.await("complaint", () -> witness.output().contains("as UNREACHABLE"));
        }
        active.signal("KILL");

        supervisor.ends(0);
        standby.ends(0);
        assertTrue(bears(standby, "generator-0"), standby.output());
        assertTheStudentOfOneProcess(supervisor);
        assertFalse(supervisor.output().contains("replace of teacher"), supervisor.output());
        // Neither loss is a reason to take the lead from the supervisor.
        assertFalse(supervisor.output().contains("put out of the cluster"), supervisor.output());
    }

    /** It knows who was there before, so that nobody has to come to it. */
    @Test
    @Tag("campaign")
    void aSeedThatStoodStillUntilItWasPutOutComesBackToTheOthers() throws Exception {
        AktNodeProcess generator = start("generator", true);
        AktNodeProcess supervisor = start("supervisor,teacher,student", false);
        supervisor.await("checkpoint", () -> checkpointed(6));
        generator.signal("STOP");
        supervisor.await("its removal", () -> supervisor.output().contains("irrecoverably failed"));
        generator.signal("CONT");

        supervisor.ends(0);
        generator.ends(0);
        assertTheStudentOfOneProcess(supervisor);
        assertTrue(generator.output().contains("joining again"), generator.output());
        assertFalse(supervisor.output().contains("joining again"), supervisor.output());
    }

    /** A restart would come to the same; what restarts processes must be able to tell. */
    @Test
    void aRunThatNothingCuresEndsAllProcessesWithACodeOfItsOwn() throws Exception {
        different =
                "student.learning-rate = 10"
                        + ", supervisor { rollbacks-per-hour = 0, restarts-per-hour = 0 }";
        AktNodeProcess supervisor = start("supervisor,generator,teacher");
        AktNodeProcess student = start("student");

        for (AktNodeProcess process : List.of(supervisor, student)) {
            process.ends(NOT_CURED);
            String said = process.errorOutput();
            assertTrue(said.startsWith("akt-node: stopped at step "), said);
            assertTrue(said.contains("because of the student: "), said);
            assertTrue(said.contains("0 of 0 rollbacks and 0 of 0 restarts"), said);
        }
    }

    private static long joined(AktNodeProcess supervisor) {
        return supervisor.output().lines().filter(line -> line.contains("guest-joined")).count();
    }

    /** In every build guests come and go within one process ({@code GuestTest}). */
    @Test
    @Tag("campaign")
    void aStudentOfAnotherWidthJoinsLeavesAndComesBack() throws Exception {
        different = "schedule.epochs = 2000";
        AktNodeProcess supervisor = start("supervisor,generator,teacher,student");
        supervisor.await("checkpoint", () -> checkpointed(3));
        AktNodeProcess guest = start("student", "--join", "4");
        supervisor.await("guest", () -> supervisor.output().contains("calibrates first"));
        guest.signal("KILL");
        AktNodeProcess another = start("student", "--join", "4");
        supervisor.await("the guest's return", () -> joined(supervisor) == 2);
        supervisor.signal("TERM");
        supervisor.await("end", () -> !supervisor.alive());
        another.signal("TERM");

        assertEquals(143, supervisor.exitCode(), supervisor.output());
        assertTrue(supervisor.output().contains("guest-left"), supervisor.output());
        assertTrue(Files.exists(directory.resolve("job/student.safetensors")));
        assertTrue(
                Files.exists(directory.resolve("job/student-4bit.safetensors")),
                supervisor.output());
    }
}
