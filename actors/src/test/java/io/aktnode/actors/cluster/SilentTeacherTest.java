package io.aktnode.actors.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import io.aktnode.actors.data.AeronPorts;
import io.aktnode.actors.fake.FakeRoles;
import io.aktnode.actors.fake.FakeWorkshop;
import io.aktnode.actors.fake.LossyPorts;
import io.aktnode.actors.fake.Planes;
import io.aktnode.actors.fake.Recorder;
import io.aktnode.actors.fake.ReferenceLoop;
import io.aktnode.actors.fake.States;
import io.aktnode.actors.policy.CurePolicy;
import io.aktnode.actors.policy.DetectorPolicy;
import io.aktnode.actors.policy.GatePolicy;
import io.aktnode.actors.run.RunEnvironment;
import io.aktnode.actors.run.RunOutcome;
import io.aktnode.actors.run.RunPolicy;
import io.aktnode.actors.run.RunSpec;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.protocol.control.Passport;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.tensor.DataPlane;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run with two teachers of which one is alive and its frames go astray. */
@Timeout(120)
class SilentTeacherTest {

    private static final RunPolicy IMPATIENT =
            new RunPolicy(
                    GatePolicy.defaults(),
                    GatePolicy.defaults(),
                    CurePolicy.defaults(),
                    DetectorPolicy.defaults(),
                    Duration.ofMillis(50),
                    1000,
                    Duration.ofMinutes(1),
                    Duration.ofMinutes(30));

    private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load("application-test"));
    private TrainingConfig config = FakeRoles.config(BaseMethod.ADADFQ, true);
    private final AtomicInteger lost = new AtomicInteger();

    @TempDir private Path directory;
    private DataPlane plane;

    @BeforeEach
    void start() {
        plane = Planes.start(directory);
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
        plane.close();
    }

    private RunSpec spec(int window) {
        return new RunSpec(
                config, window, 1, directory.resolve("job"), false, 20, 2, Optional.empty(), 1);
    }

    private RunOutcome run(int window, RoleId from, RoleId to) {
        for (String kind :
                List.of(HostKeys.GENERATOR, HostKeys.TEACHER, HostKeys.TEACHER, HostKeys.STUDENT)) {
            kit.spawn(
                    RoleHost.create(
                            new HostConfig(
                                    kind,
                                    kind + " host",
                                    Passport.of("a"),
                                    1,
                                    List.of(),
                                    key ->
                                            new LossyPorts(
                                                    new AeronPorts(plane),
                                                    (receiver, header) ->
                                                            astray(header, receiver, from, to),
                                                    lost),
                                    new FakeWorkshop(spec(window), FakeRoles.of(config), IMPATIENT),
                                    (end, sentence) -> {})));
        }
        ActorRef<RunLead.Command> lead =
                kit.spawn(
                        RunLead.create(
                                kit.spawn(Behaviors.ignore()),
                                ref -> {},
                                Passport.of("a"),
                                Optional::empty));
        return ClusterRun.start(
                        spec(window),
                        FakeRoles.of(config),
                        new Recorder(),
                        RunEnvironment.defaults().withPolicy(IMPATIENT),
                        "",
                        lead)
                .await();
    }

    /**
     * Its own share is 30 batches, each asked for twice or more; of the 10 of the calibration
     * nobody misses its knowledge.
     */
    private void assertOthersDidItsShare() {
        assertTrue(lost.get() >= 2 && lost.get() <= 40, lost + " frames were lost");
    }

    private static boolean astray(FrameHeader header, RoleId receiver, RoleId from, RoleId to) {
        return header.sender().equals(from) && receiver.equals(to);
    }

    private static RoleId role(String name) {
        return switch (name) {
            case "generator" -> RoleId.GENERATOR;
            case "student" -> RoleId.student(0);
            default -> RoleId.teacher(1);
        };
    }

    @ParameterizedTest
    @CsvSource({"generator,silent", "silent,generator", "silent,student"})
    void theOtherDoesItsShareAndNothingIsDoneTwice(String from, String to) {
        RunOutcome outcome = run(1, role(from), role(to));

        assertTrue(outcome.completed());
        assertEquals(List.of(), outcome.interventions());
        States.assertSame(ReferenceLoop.undisturbed(config).student(), outcome.student());
        assertOthersDidItsShare();
    }

    /** The generator has learned from the batch and cannot give it to another any more. */
    @ParameterizedTest
    @CsvSource({"1", "3"})
    void theOtherDoesItsShareOnceAStudentHasWaitedInVain(int window) {
        config = FakeRoles.config(BaseMethod.GDFQ, true);

        RunOutcome outcome = run(window, role("silent"), role("student"));

        assertTrue(outcome.completed());
        assertEquals(60, outcome.steps());
        assertTrue(outcome.interventions().size() <= 2, outcome.interventions()::toString);
        assertOthersDidItsShare();
    }

    @ParameterizedTest
    @CsvSource({"generator,silent", "silent,generator", "silent,student"})
    void theOtherDoesItsShareInAWindow(String from, String to) {
        RunOutcome outcome = run(3, role(from), role(to));

        assertTrue(outcome.completed());
        assertEquals(60, outcome.steps());
        assertOthersDidItsShare();
    }
}
