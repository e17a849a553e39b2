package io.aktnode.actors.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.typesafe.config.ConfigFactory;
import io.aktnode.actors.data.AeronPorts;
import io.aktnode.actors.fake.FakeCluster;
import io.aktnode.actors.fake.FakeRoles;
import io.aktnode.actors.fake.LossyPorts;
import io.aktnode.actors.fake.Planes;
import io.aktnode.actors.fake.Recorder;
import io.aktnode.actors.fake.ReferenceLoop;
import io.aktnode.actors.fake.States;
import io.aktnode.actors.run.RunOutcome;
import io.aktnode.actors.run.RunSpec;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.tensor.DataPlane;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** A run with two teachers of which one is alive and its frames go astray. */
@Timeout(120)
class SilentTeacherTest {

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

    private RunOutcome run(int window, RoleId from, RoleId to) {
        Path job = directory.resolve("job");
        FakeCluster cluster =
                new FakeCluster(
                        kit,
                        new RunSpec(config, window, 1, job, false, 20, 2, Optional.empty(), 1),
                        LossyPorts.patience(Duration.ofMillis(50)));
        BiPredicate<RoleId, FrameHeader> astray =
                (receiver, header) -> header.sender().equals(from) && receiver.equals(to);
        for (String kind :
                List.of(HostKeys.GENERATOR, HostKeys.TEACHER, HostKeys.TEACHER, HostKeys.STUDENT)) {
            cluster.host(kind, key -> new LossyPorts(new AeronPorts(plane), astray, lost));
        }
        return cluster.run(new Recorder(), cluster.lead(Optional::empty));
    }

    /**
     * Its own share is 30 batches, each asked for twice or more; of the 10 of the calibration
     * nobody misses its knowledge.
     */
    private void assertOthersDidItsShare() {
        assertTrue(lost.get() >= 2 && lost.get() <= 40, lost + " frames were lost");
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
