package io.aktnode.actors.student;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import io.aktnode.actors.fake.Bench;
import io.aktnode.actors.fake.FakeStudent;
import io.aktnode.actors.policy.GatePolicy;
import io.aktnode.nn.train.Schedule;
import io.aktnode.protocol.control.GeneratorProtocol;
import io.aktnode.protocol.control.Restoration;
import io.aktnode.protocol.control.RoleState;
import io.aktnode.protocol.control.StepReport;
import io.aktnode.protocol.control.StudentProtocol;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.control.UpdateDecision;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.RoleId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class StudentActorTest {

    private static final RoleId SELF = RoleId.student(0);
    private static final int CALIBRATION_STEPS = 10;

    @TempDir Path directory;
    private final Bench bench = new Bench();
    private final TestProbe<GeneratorProtocol.Request> generator = bench.kit.createTestProbe();
    private ActorRef<StudentProtocol.Command> student;

    @AfterEach
    void shutDown() {
        bench.close();
    }

    private void start(int window, boolean readByGenerator, long step) {
        student =
                bench.kit.spawn(
                        StudentActor.create(
                                bench.environment(window),
                                new StudentConfig(
                                        0,
                                        0,
                                        new Schedule(10, CALIBRATION_STEPS, 1, List.of(), 0.1),
                                        readByGenerator,
                                        GatePolicy.defaults(),
                                        Optional.empty()),
                                FakeStudent::new));
        restore(0, step);
    }

    private void restore(int incarnation, long step) {
        restore(incarnation, step, CALIBRATION_STEPS, 0);
    }

    private void restore(int incarnation, long step, long trainsFrom, long readFrom) {
        student.tell(
                new StudentProtocol.Restore(
                        Bench.restoration(incarnation, step),
                        trainsFrom,
                        readFrom,
                        generator.ref(),
                        bench.restored.ref()));
        assertEquals(
                new SupervisorProtocol.Restored(SELF, incarnation),
                bench.restored.receiveMessage());
    }

    private void images(long batch) {
        bench.images(SELF, 0, batch, 0.5f);
    }

    private void knowledge(long batch, float value) {
        bench.frame(
                SELF, RoleId.TEACHER, 0, FrameKind.TEACHER_KNOWLEDGE, batch, value, Bench.logits());
    }

    private void logitGradients(long batch) {
        bench.frame(
                SELF, RoleId.GENERATOR, 0, FrameKind.LOGIT_GRADIENTS, batch, 0.1f, Bench.logits());
    }

    private GeneratorProtocol.BatchFinished finished() {
        return generator.expectMessageClass(GeneratorProtocol.BatchFinished.class);
    }

    @Test
    void servesTheGeneratorBeforeItLearnsWhateverTheOrderOfArrival() throws Exception {
        start(1, true, CALIBRATION_STEPS);
        knowledge(10, 0.3f);
        images(10);
        assertEquals(10, bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS).batch());
        generator.expectNoMessage(Duration.ZERO);

        logitGradients(10);

        assertEquals(10, bench.ports.next(RoleId.GENERATOR, FrameKind.INPUT_GRADIENTS).batch());
        assertEquals(new GeneratorProtocol.BatchFinished(0, 10, 0, true), finished());
        StepReport report = bench.told(StepReport.class);
        assertEquals(UpdateDecision.APPLIED, report.update().decision());
        assertTrue(report.update().ratio() > 0);
        assertTrue(report.measures().get(StepReport.ACTIVATION_REACH) > 0);
        assertEquals(Double.POSITIVE_INFINITY, report.measures().get(StepReport.NORM_LIMIT));
    }

    @Test
    void aGuestCalibratesBeforeTheGeneratorReadsIt() throws Exception {
        start(1, true, 0);
        restore(1, 20, 21, 21);
        bench.images(SELF, 1, 20, 0.5f);

        assertEquals(new GeneratorProtocol.BatchFinished(1, 20, 0, false), finished());
        assertEquals(UpdateDecision.NONE, bench.told(StepReport.class).update().decision());
        assertEquals(List.of(), bench.ports.drain());

        bench.images(SELF, 1, 21, 0.5f);
        assertEquals(21, bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS).batch());
    }

    @Test
    void calibratesWithoutTheTeacher() throws Exception {
        start(1, true, 0);
        images(0);
        bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS);
        logitGradients(0);

        finished();

        assertEquals(UpdateDecision.NONE, bench.told(StepReport.class).update().decision());
        // What the teacher says of it comes too late and is dropped.
        knowledge(0, 1);
        images(1);
        assertEquals(1, bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS).batch());
    }

    @Test
    void answersARepeatedQuestionWithoutDoingTheWorkTwice() throws Exception {
        start(1, true, 0);
        images(0);
        float[] first = bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS).tensors().get(0);
        images(0);
        float[] again = bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS).tensors().get(0);
        logitGradients(0);
        finished();
        bench.ports.next(RoleId.GENERATOR, FrameKind.INPUT_GRADIENTS);

        logitGradients(0);
        images(0);

        assertEquals(0, bench.ports.next(RoleId.GENERATOR, FrameKind.INPUT_GRADIENTS).batch());
        assertEquals(0, finished().batch());
        // Calibrating twice would have moved the range, and with it the logits.
        assertEquals(List.of(first[0], first[5]), List.of(again[0], again[5]));
    }

    @Test
    void neverAppliesAGradientThatIsNotFinite() {
        start(1, false, CALIBRATION_STEPS);
        TestProbe<SupervisorProtocol.Saved> saved = bench.kit.createTestProbe();
        images(10);
        knowledge(10, Float.NaN);

        finished();

        StepReport report = bench.told(StepReport.class);
        assertEquals(UpdateDecision.SKIPPED, report.update().decision());
        assertEquals(0.0, report.update().scale());
        student.tell(new StudentProtocol.Save(0, 11, directory.toString(), saved.ref()));
        assertTrue(saved.receiveMessage().finite());
    }

    /** Has a student hold its state for a checkpoint on another machine's disk. */
    private SupervisorProtocol.Saved held(long step) {
        TestProbe<SupervisorProtocol.Saved> saved = bench.kit.createTestProbe();
        student.tell(new StudentProtocol.Save(0, step, "", saved.ref()));
        return saved.receiveMessage();
    }

    private void takeOver(SupervisorProtocol.Saved state, String sha256) {
        Restoration bare = Bench.restoration(1, state.step());
        RoleState from = new RoleState(state.file(), sha256, state.source(), state.gate());
        Restoration restoration =
                new Restoration(
                        bare.runId(),
                        bare.incarnation(),
                        bare.step(),
                        true,
                        Optional.of(from),
                        bare.peers());
        student.tell(
                new StudentProtocol.Restore(
                        restoration, CALIBRATION_STEPS, 0, generator.ref(), bench.restored.ref()));
    }

    @Test
    void takesOverAStateFromElsewhereAsItWasHeld() throws Exception {
        start(1, false, 0);
        images(0);
        finished();
        SupervisorProtocol.Saved before = held(1);

        takeOver(before, before.sha256());

        assertEquals(new SupervisorProtocol.Restored(SELF, 1), bench.restored.receiveMessage());
        TestProbe<SupervisorProtocol.Saved> saved = bench.kit.createTestProbe();
        student.tell(new StudentProtocol.Save(1, 1, directory.toString(), saved.ref()));
        assertEquals(before.sha256(), saved.receiveMessage().sha256());
    }

    /** As any role that throws: it is made anew and the supervisor told why. */
    @Test
    void endsWhenAStateArrivesAsAnother() {
        start(1, false, 0);
        SupervisorProtocol.Saved before = held(0);

        LoggingTestKit.error("arrived with SHA-256 " + before.sha256())
                .expect(
                        bench.kit.system(),
                        () -> {
                            takeOver(before, "0".repeat(64));
                            return null;
                        });

        generator.expectTerminated(student);
        bench.restored.expectNoMessage();
    }

    @Test
    void skipsToTheNewestBatchWhenTheGeneratorHasMovedOn() throws Exception {
        start(2, true, CALIBRATION_STEPS);
        images(10);
        bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS);
        // Batch 10 is over for the generator, or it would not have drawn 12.
        images(11);
        images(12);

        assertEquals(new GeneratorProtocol.BatchFinished(0, 10, 0, false), finished());
        assertEquals(11, bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS).batch());
        images(13);
        images(14);
        // While it waits the generator gets on: 11 is given up, 14 is the newest.
        images(15);
        long last = 0;
        while (last < 14) {
            last = bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS).batch();
        }
        knowledge(last, 0.2f);
        logitGradients(last);
        StepReport report = bench.told(StepReport.class);
        while (report.update().decision() != UpdateDecision.APPLIED) {
            report = bench.told(StepReport.class);
        }
        assertEquals(last, report.step());
        assertTrue(report.measures().get(StepReport.SKIPPED_BATCHES) > 0);
    }

    @Test
    void learnsWithoutTheGeneratorWhenLeftOut() throws Exception {
        start(2, true, CALIBRATION_STEPS);
        images(10);
        knowledge(10, 0.2f);
        bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS);

        student.tell(new StudentProtocol.LeaveOut(0, 10));

        assertEquals(new GeneratorProtocol.BatchFinished(0, 10, 0, false), finished());
        assertEquals(UpdateDecision.APPLIED, bench.told(StepReport.class).update().decision());
    }

    private double limitAt(int incarnation, long step) {
        bench.images(SELF, incarnation, step, 0.5f);
        bench.frame(
                SELF,
                RoleId.TEACHER,
                incarnation,
                FrameKind.TEACHER_KNOWLEDGE,
                step,
                0.2f,
                Bench.logits());
        finished();
        return bench.told(StepReport.class).measures().get(StepReport.NORM_LIMIT);
    }

    @Test
    void aStudentThatBeginsAnewIsNotJudgedByWhatTheOldOneDid() {
        start(1, false, CALIBRATION_STEPS);
        double limit = Double.POSITIVE_INFINITY;
        for (long step = 0; step < 10; step++) {
            limit = limitAt(0, CALIBRATION_STEPS + step);
        }
        assertTrue(limit < Double.POSITIVE_INFINITY);
        Restoration bare = Bench.restoration(1, CALIBRATION_STEPS);
        student.tell(
                new StudentProtocol.Restore(
                        new Restoration(
                                bare.runId(),
                                bare.incarnation(),
                                bare.step(),
                                true,
                                Optional.empty(),
                                bare.peers()),
                        CALIBRATION_STEPS,
                        0,
                        generator.ref(),
                        bench.restored.ref()));
        bench.restored.receiveMessage();

        assertEquals(Double.POSITIVE_INFINITY, limitAt(1, CALIBRATION_STEPS));
    }

    /** It would learn from the images it was measured on. */
    @Test
    void givesUpABatchThatIsNotOverBeforeItIsEvaluated() throws Exception {
        start(2, true, CALIBRATION_STEPS);
        TestProbe<SupervisorProtocol.Evaluated> evaluated = bench.kit.createTestProbe();
        images(10);
        knowledge(10, 0.2f);
        bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS);

        student.tell(new StudentProtocol.Evaluate(0, 11, evaluated.ref()));
        student.tell(new StudentProtocol.LeaveOut(0, 10));

        assertEquals(11, evaluated.receiveMessage().step());
        assertEquals(new GeneratorProtocol.BatchFinished(0, 10, 0, false), finished());
        assertEquals(UpdateDecision.DISCARDED, bench.told(StepReport.class).update().decision());
        bench.supervisor.expectNoMessage();
    }

    @Test
    void beginsAnIncarnationWithNothingOfTheOldOne() throws Exception {
        start(1, true, CALIBRATION_STEPS);
        images(10);
        bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS);
        restore(1, CALIBRATION_STEPS);

        logitGradients(10);
        images(11);
        bench.images(SELF, 1, 10, 0.5f);

        assertEquals(1, bench.ports.next().header().incarnation());
        assertEquals(List.of(), bench.ports.drain());
    }

    @Test
    void handlesEveryRequest() {
        start(1, true, 0);
        TestProbe<SupervisorProtocol.Saved> saved = bench.kit.createTestProbe();
        TestProbe<SupervisorProtocol.Evaluated> evaluated = bench.kit.createTestProbe();

        student.tell(new StudentProtocol.Abandon(0, 3));
        student.tell(new StudentProtocol.LeaveOut(0, 3));
        student.tell(new StudentProtocol.Evaluate(0, 10, evaluated.ref()));
        student.tell(new StudentProtocol.Save(0, 10, directory.toString(), saved.ref()));
        restore(1, 0);

        assertEquals(10, evaluated.receiveMessage().step());
        assertEquals("student-0.safetensors", saved.receiveMessage().file());
        student.tell(new StudentProtocol.Retire("no longer needed"));
        student.tell(new StudentProtocol.Evaluate(1, 10, evaluated.ref()));
        evaluated.expectNoMessage();
        bench.kit.stop(student);
        bench.assertAllHandled();
        assertEquals(6, StudentProtocol.Request.class.getPermittedSubclasses().length);
    }
}
