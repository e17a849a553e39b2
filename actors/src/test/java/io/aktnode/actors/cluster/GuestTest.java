package io.aktnode.actors.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import com.typesafe.config.ConfigFactory;
import io.aktnode.actors.data.AeronPorts;
import io.aktnode.actors.fake.FakeCluster;
import io.aktnode.actors.fake.FakeRoles;
import io.aktnode.actors.fake.Planes;
import io.aktnode.actors.fake.Recorder;
import io.aktnode.actors.fake.ReferenceLoop;
import io.aktnode.actors.fake.States;
import io.aktnode.actors.run.RunOutcome;
import io.aktnode.actors.run.RunSpec;
import io.aktnode.actors.run.StepMetrics;
import io.aktnode.actors.run.StudentOutcome;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.protocol.control.HostProtocol;
import io.aktnode.protocol.tensor.DataPlane;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayDeque;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Students that join and leave a run whose generator does not read them. */
@Timeout(120)
class GuestTest {

    private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load("application-test"));
    private final BlockingQueue<HostProtocol.RunEnd> dismissed = new LinkedBlockingQueue<>();
    private final TrainingConfig config = FakeRoles.config(BaseMethod.GDFQ, true);

    @TempDir private Path directory;
    private DataPlane plane;
    private FakeCluster cluster;

    @BeforeEach
    void start() {
        plane = Planes.start(directory);
        Path job = directory.resolve("job");
        cluster =
                new FakeCluster(
                        kit, new RunSpec(config, 1, 1, job, false, 5, 2, Optional.empty(), 1));
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
        plane.close();
        assertEquals(0, plane.faults());
    }

    private ActorRef<HostProtocol.Command> host(String kind, int... joins) {
        return cluster.host(
                kind,
                Arrays.stream(joins).boxed().toList(),
                key -> new AeronPorts(plane, "here", Optional.empty(), key),
                dismissed::add);
    }

    private RunOutcome run(Consumer<StepMetrics> onStep) throws InterruptedException {
        host(HostKeys.GENERATOR);
        host(HostKeys.TEACHER);
        host(HostKeys.STUDENT);
        Recorder recorder =
                new Recorder() {
                    @Override
                    public void onStep(StepMetrics metrics) {
                        super.onStep(metrics);
                        onStep.accept(metrics);
                    }
                };
        ActorRef<RunLead.Command> lead = cluster.lead(Optional::empty);
        RunOutcome outcome = cluster.run(recorder, lead);
        assertTrue(outcome.completed());
        assertDismissedWhenResultsAreWritten(lead);
        assertEquals(List.of(), outcome.interventions());
        assertEquals(
                config.schedule().totalSteps(),
                recorder.steps.stream().map(StepMetrics::step).distinct().count());
        return outcome;
    }

    private void assertDismissedWhenResultsAreWritten(ActorRef<RunLead.Command> lead)
            throws InterruptedException {
        assertNull(dismissed.poll(300, TimeUnit.MILLISECONDS));
        lead.tell(RunLead.ResultsWritten.INSTANCE);
        assertEquals(HostProtocol.RunEnd.COMPLETED, dismissed.poll(20, TimeUnit.SECONDS));
    }

    private String journal() throws Exception {
        return Files.readString(directory.resolve("job/journal.jsonl"));
    }

    private void assertTheOwnStudentIsAsWithoutGuests(RunOutcome outcome) {
        States.assertSame(ReferenceLoop.undisturbed(config).student(), outcome.student());
    }

    @Test
    void aGuestCalibratesTrainsAndIsThereAtTheEnd() throws Exception {
        RunOutcome outcome =
                run(
                        metrics -> {
                            if (metrics.step() == 12) {
                                host(HostKeys.STUDENT, 4);
                            }
                        });

        assertTheOwnStudentIsAsWithoutGuests(outcome);
        StudentOutcome guest = outcome.students().get(1);
        assertEquals(1, guest.student());
        assertEquals(4, guest.quantization().weightBits());
        assertTrue(journal().contains("student-1 and calibrates first"), journal());
    }

    @Test
    void twentyGuestsComeAndGoWithoutTheOthersLosingAStep() throws Exception {
        ArrayDeque<ActorRef<HostProtocol.Command>> there = new ArrayDeque<>();
        RunOutcome outcome =
                run(
                        metrics -> {
                            long step = metrics.step();
                            if (step < 60 && step % 2 == 0 && there.size() < 2) {
                                there.add(host(HostKeys.STUDENT, 4 + (int) (step / 2 % 5)));
                            } else if (there.size() > 1) {
                                kit.stop(there.remove());
                            }
                        });

        assertTheOwnStudentIsAsWithoutGuests(outcome);
        String journal = journal();
        assertTrue(count(journal, "guest-joined") >= 20, journal);
        assertTrue(count(journal, "guest-left") >= 18, journal);
        assertTrue(journal.contains("as it is in"), "one came back: " + journal);
    }

    private static long count(String journal, String event) {
        return journal.lines().filter(line -> line.contains(event)).count();
    }
}
