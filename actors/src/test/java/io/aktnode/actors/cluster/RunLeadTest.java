package io.aktnode.actors.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.receptionist.Receptionist;
import io.aktnode.actors.fake.Bench;
import io.aktnode.actors.fake.FakeRoles;
import io.aktnode.actors.fake.Recorder;
import io.aktnode.actors.run.RunEnvironment;
import io.aktnode.actors.run.RunFailedException;
import io.aktnode.actors.run.RunSpec;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.protocol.control.CrewProtocol;
import io.aktnode.protocol.control.HostProtocol;
import io.aktnode.protocol.control.Passport;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.frame.FrameKey;
import io.aktnode.protocol.frame.RoleId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A lead with its own supervisor and crew; the test plays the processes. */
@Timeout(60)
class RunLeadTest {

    private static final Passport OURS = Passport.of("a");

    private final Bench bench = new Bench();
    private final TestProbe<ActorRef<RunLead.Command>> leading = bench.kit.createTestProbe();
    private final TestProbe<HostProtocol.Request> teacher = bench.kit.createTestProbe();
    private final SecureRandom random = new SecureRandom();

    @TempDir private Path directory;

    @AfterEach
    void stop() {
        bench.close();
    }

    private ActorRef<RunLead.Command> lead() {
        ActorRef<RunLead.Command> lead =
                bench.kit.spawn(
                        RunLead.create(
                                // Leads as soon as the keeper has stopped.
                                bench.kit.spawn(
                                        Behaviors.receiveMessage(stop -> Behaviors.stopped())),
                                leading.ref()::tell,
                                OURS,
                                () -> Optional.of(FrameKey.draw(random))));
        assertEquals(lead, leading.receiveMessage());
        return lead;
    }

    private ClusterRun begin(ActorRef<RunLead.Command> lead, String job) {
        return begin(lead, job, false);
    }

    private ClusterRun begin(ActorRef<RunLead.Command> lead, String job, boolean resume) {
        TrainingConfig config = FakeRoles.config(BaseMethod.GDFQ, true);
        return ClusterRun.start(
                new RunSpec(
                        config, 1, 1, directory.resolve(job), resume, 20, 2, Optional.empty(), 1),
                FakeRoles.of(config),
                new Recorder(),
                RunEnvironment.defaults(),
                job,
                lead);
    }

    private void offer() {
        offer(HostKeys.TEACHER, teacher);
    }

    private void offer(String kind, TestProbe<HostProtocol.Request> host) {
        bench.kit
                .system()
                .receptionist()
                .tell(Receptionist.register(HostKeys.of(kind), host.ref()));
    }

    /** What the teacher's process is given once it has shown its passport. */
    private HostProtocol.Assign assigned() {
        HostProtocol.Introduce introduce = teacher.expectMessageClass(HostProtocol.Introduce.class);
        assertEquals(OURS, introduce.passport());
        introduce
                .replyTo()
                .tell(
                        new CrewProtocol.Introduced(
                                teacher.ref(), "b", 1, OURS, List.of(), Map.of()));
        return teacher.expectMessageClass(HostProtocol.Assign.class);
    }

    @Test
    void everyBeginningHasAFrameKeyOfItsOwn() {
        offer();
        begin(lead(), "one");
        HostProtocol.Assign first = assigned();
        begin(lead(), "two");
        HostProtocol.Assign second = assigned();

        assertEquals("one", first.job());
        assertEquals(RoleId.TEACHER, first.role());
        assertEquals("two", second.job());
        assertNotEquals(first.frameKey().orElseThrow(), second.frameKey().orElseThrow());
    }

    @Test
    void aCancelledRunIsPausedForItsProcesses() {
        offer();
        ClusterRun run = begin(lead(), "job");
        assigned();

        run.cancel("asked to stop");

        RunFailedException failed = assertThrows(RunFailedException.class, run::await);
        assertEquals("cancelled before the first checkpoint", failed.getMessage());
        assertEquals(
                new HostProtocol.Dismiss(HostProtocol.RunEnd.PAUSED, failed.getMessage()),
                teacher.expectMessageClass(HostProtocol.Dismiss.class));
    }

    @Test
    void aRunThatCannotGoOnHasFailedForItsProcesses() {
        offer();
        ClusterRun run = begin(lead(), "job");
        HostProtocol.Assign assignment = assigned();

        assignment
                .supervisor()
                .tell(new SupervisorProtocol.RoleGone(RoleId.TEACHER, "no such file"));

        RunFailedException failed = assertThrows(RunFailedException.class, run::await);
        assertEquals("teacher-0 cannot be started: no such file", failed.getMessage());
        assertEquals(
                new HostProtocol.Dismiss(HostProtocol.RunEnd.FAILED, failed.getMessage()),
                teacher.expectMessageClass(HostProtocol.Dismiss.class));
    }

    @Test
    void aRunIsResumedWhenEachKindOfRoleHasAProcess() {
        offer();
        begin(lead(), "job", true);
        offer(HostKeys.GENERATOR, bench.kit.createTestProbe());
        bench.time.timePasses(Duration.ofSeconds(10));
        teacher.expectNoMessage();

        offer(HostKeys.STUDENT, bench.kit.createTestProbe());

        teacher.awaitAssert(
                () -> {
                    bench.time.timePasses(Duration.ofSeconds(1));
                    teacher.expectMessageClass(
                            HostProtocol.Introduce.class, Duration.ofMillis(100));
                    return null;
                });
    }

    @Test
    void aRunThatIsCancelledBeforeItsProcessesAreThereEnds() {
        ClusterRun run = begin(lead(), "job", true);

        run.cancel("asked to stop");

        assertEquals(
                "cancelled before the first checkpoint",
                assertThrows(RunFailedException.class, run::await).getMessage());
    }

    @Test
    void aRunThatMayNotStartSaysWhy() throws IOException {
        Path checkpoint = directory.resolve("job/checkpoints/step-00000020");
        Files.createDirectories(checkpoint);

        RunFailedException failed =
                assertThrows(RunFailedException.class, begin(lead(), "job", false)::await);

        assertEquals(
                directory.resolve("job")
                        + " holds checkpoints of an earlier run; resume that one, or choose another"
                        + " directory",
                failed.getMessage());
    }
}
