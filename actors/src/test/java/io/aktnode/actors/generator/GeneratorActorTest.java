package io.aktnode.actors.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import io.aktnode.actors.fake.Bench;
import io.aktnode.actors.fake.FakeGenerator;
import io.aktnode.actors.fake.MemoryPorts;
import io.aktnode.actors.policy.GatePolicy;
import io.aktnode.nn.train.Schedule;
import io.aktnode.protocol.control.GeneratorProtocol;
import io.aktnode.protocol.control.StepReport;
import io.aktnode.protocol.control.StudentProtocol;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.control.TeacherProtocol;
import io.aktnode.protocol.control.UpdateDecision;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.RoleId;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class GeneratorActorTest {

    private static final Duration RESEND = Duration.ofSeconds(10);
    private static final int RESENDS = 3;

    @TempDir Path directory;
    private final Bench bench = new Bench();
    private final TestProbe<TeacherProtocol.Request> teacher = bench.kit.createTestProbe();
    private final TestProbe<TeacherProtocol.Request> otherTeacher = bench.kit.createTestProbe();
    private final TestProbe<SupervisorProtocol.BarrierReached> barrier =
            bench.kit.createTestProbe();
    private final List<TestProbe<StudentProtocol.Request>> students = new ArrayList<>();
    private Map<Integer, ActorRef<TeacherProtocol.Request>> teachers = Map.of(0, teacher.ref());
    private final Map<Integer, Long> readFrom = new HashMap<>();
    private ActorRef<GeneratorProtocol.Command> generator;

    @AfterEach
    void shutDown() {
        bench.close();
    }

    private void start(int window, int studentCount, boolean readsStudents) {
        generator =
                bench.kit.spawn(
                        GeneratorActor.create(
                                bench.environment(window),
                                new GeneratorSettings(
                                        Schedule.of(10, 10),
                                        readsStudents,
                                        GatePolicy.defaults(),
                                        RESEND,
                                        RESENDS),
                                () -> new FakeGenerator(1, readsStudents)));
        for (int i = 0; i < studentCount; i++) {
            students.add(bench.kit.createTestProbe());
        }
        restore(0, 0);
        generator.tell(new GeneratorProtocol.Proceed(0, 100, barrier.ref()));
    }

    private void restore(int incarnation, long step) {
        Map<Integer, ActorRef<StudentProtocol.Request>> all = new HashMap<>();
        for (int i = 0; i < students.size(); i++) {
            all.put(i, students.get(i).ref());
        }
        restore(incarnation, step, all);
    }

    private void restore(
            int incarnation, long step, Map<Integer, ActorRef<StudentProtocol.Request>> taking) {
        generator.tell(
                new GeneratorProtocol.Restore(
                        Bench.restoration(incarnation, step),
                        0,
                        teachers,
                        taking,
                        readFrom,
                        bench.restored.ref()));
        assertEquals(incarnation, bench.restored.receiveMessage().incarnation());
    }

    private void teacherSays(FrameKind kind, long batch) {
        teacherSays(0, kind, batch);
    }

    private void teacherSays(int instance, FrameKind kind, long batch) {
        bench.frame(
                RoleId.GENERATOR,
                RoleId.teacher(instance),
                0,
                kind,
                batch,
                0.25f,
                kind == FrameKind.LOGITS ? Bench.logits() : Bench.pixels());
    }

    private void studentSays(int student, FrameKind kind, long batch) {
        bench.frame(
                RoleId.GENERATOR,
                RoleId.student(student),
                0,
                kind,
                batch,
                0.5f,
                kind == FrameKind.LOGITS ? Bench.logits() : Bench.pixels());
    }

    private void finished(int student, long batch) {
        generator.tell(new GeneratorProtocol.BatchFinished(0, batch, student, true));
    }

    @Test
    void drawsTheNextBatchInLockstepOnlyWhenEveryRoleHasFinished() throws Exception {
        start(1, 1, true);
        assertEquals(0, bench.ports.next(RoleId.student(0), FrameKind.SYNTHETIC_BATCH).batch());

        studentSays(0, FrameKind.LOGITS, 0);
        teacherSays(FrameKind.LOGITS, 0);
        assertEquals(0, bench.ports.next(RoleId.TEACHER, FrameKind.LOGIT_GRADIENTS).batch());
        assertEquals(0, bench.ports.next(RoleId.student(0), FrameKind.LOGIT_GRADIENTS).batch());
        teacherSays(FrameKind.INPUT_GRADIENTS, 0);
        studentSays(0, FrameKind.INPUT_GRADIENTS, 0);
        bench.supervisor.expectMessageClass(SupervisorProtocol.GeneratorUp.class);
        bench.supervisor.expectNoMessage(Duration.ZERO);
        assertEquals(List.of(), bench.ports.drain());

        finished(0, 0);

        assertEquals(1, bench.ports.next().batch());
        StepReport report = bench.told(StepReport.class);
        assertEquals(0, report.step());
        assertEquals(UpdateDecision.APPLIED, report.update().decision());
        assertEquals(0.0, report.measures().get(StepReport.STALENESS));
        assertTrue(report.measures().get(StepReport.CLASS_SPREAD) > 0);
        assertTrue(report.measures().containsKey(StepReport.NORM_LIMIT));
    }

    @Test
    void drawsAheadUpToTheWindow() throws Exception {
        start(3, 1, true);

        for (long batch = 0; batch < 3; batch++) {
            assertEquals(
                    batch, bench.ports.next(RoleId.student(0), FrameKind.SYNTHETIC_BATCH).batch());
        }
        assertEquals(List.of(), bench.ports.drain());
    }

    @Test
    void asksAgainForWhatMayBeLostThenReportsAStall() throws Exception {
        start(1, 1, true);
        bench.ports.next(RoleId.student(0), FrameKind.SYNTHETIC_BATCH);

        for (int i = 0; i < RESENDS; i++) {
            bench.time.timePasses(RESEND);
            assertEquals(0, bench.ports.next(RoleId.TEACHER, FrameKind.SYNTHETIC_BATCH).batch());
            assertEquals(0, bench.ports.next(RoleId.student(0), FrameKind.SYNTHETIC_BATCH).batch());
        }
        bench.time.timePasses(RESEND);

        SupervisorProtocol.Stalled stalled = bench.told(SupervisorProtocol.Stalled.class);
        assertEquals(0, stalled.batch());
        assertEquals(
                "logits of the teacher, logits of student 0, the end of student 0",
                stalled.waitingFor());
    }

    @Test
    void beginsAnewAtOnceHoweverLongSendingAgainHasWaitedForATeacherThatIsGone() throws Exception {
        start(1, 1, true);
        bench.ports.next(RoleId.student(0), FrameKind.SYNTHETIC_BATCH);
        bench.ports.whileSendingTo(
                RoleId.TEACHER,
                () -> {
                    bench.aheadNs.addAndGet(RESENDS * RESEND.toNanos());
                    bench.time.timePasses(RESEND.multipliedBy(RESENDS));
                });
        bench.time.timePasses(RESEND);
        bench.ports.next(RoleId.student(0), FrameKind.SYNTHETIC_BATCH);

        restore(1, 5);

        assertEquals(List.of(), bench.ports.drain());
    }

    @Test
    void sendsTheLogitGradientsAgainToWhoeverHasNotAnswered() throws Exception {
        start(1, 1, true);
        studentSays(0, FrameKind.LOGITS, 0);
        teacherSays(FrameKind.LOGITS, 0);
        bench.ports.next(RoleId.student(0), FrameKind.LOGIT_GRADIENTS);
        studentSays(0, FrameKind.INPUT_GRADIENTS, 0);

        bench.time.timePasses(RESEND);
        bench.time.timePasses(RESEND);

        List<MemoryPorts.Sent> again = new ArrayList<>();
        again.add(bench.ports.next());
        again.add(bench.ports.next());
        again.add(bench.ports.next());
        assertEquals(FrameKind.LOGIT_GRADIENTS, again.get(0).kind());
        assertEquals(RoleId.TEACHER, again.get(0).receiver());
        assertTrue(
                again.stream()
                        .noneMatch(
                                frame ->
                                        frame.kind() == FrameKind.LOGIT_GRADIENTS
                                                && frame.receiver().equals(RoleId.student(0))));
    }

    @Test
    void ignoresFramesAndMessagesOfAnOlderIncarnation() throws Exception {
        start(1, 1, true);
        bench.ports.next(RoleId.student(0), FrameKind.SYNTHETIC_BATCH);
        restore(1, 5);

        teacherSays(FrameKind.LOGITS, 5);
        studentSays(0, FrameKind.LOGITS, 5);
        generator.tell(new GeneratorProtocol.BatchFinished(0, 5, 0, true));
        generator.tell(new GeneratorProtocol.Proceed(0, 100, barrier.ref()));
        assertEquals(List.of(), bench.ports.drain());
        generator.tell(new GeneratorProtocol.Proceed(1, 6, barrier.ref()));

        MemoryPorts.Sent first = bench.ports.next();
        assertEquals(5, first.batch());
        assertEquals(1, first.header().incarnation());
        assertEquals(FrameKind.SYNTHETIC_BATCH, bench.ports.next().kind());
        assertEquals(List.of(), bench.ports.drain());
    }

    @Test
    void outOfLockstepGivesABatchUpThatNobodyAnswers() throws Exception {
        start(2, 1, true);
        for (int i = 0; i <= RESENDS; i++) {
            bench.time.timePasses(RESEND);
        }
        TeacherProtocol.Abandon toTeacher =
                teacher.expectMessageClass(TeacherProtocol.Abandon.class);
        StudentProtocol.Abandon toStudent =
                students.get(0).expectMessageClass(StudentProtocol.Abandon.class);

        assertEquals(0, toTeacher.batch());
        assertEquals(0, toStudent.batch());
        StepReport report = bench.told(StepReport.class);
        assertEquals(UpdateDecision.DISCARDED, report.update().decision());
        MemoryPorts.Sent frame = bench.ports.next(RoleId.TEACHER, FrameKind.SYNTHETIC_BATCH);
        while (frame.batch() < 2) {
            frame = bench.ports.next(RoleId.TEACHER, FrameKind.SYNTHETIC_BATCH);
        }
        assertEquals(2, frame.batch());
    }

    @Test
    void aSlowStudentDoesNotStallTheOthers() throws Exception {
        start(2, 2, true);
        // Student 1 never says anything after the first batch.
        studentSays(1, FrameKind.LOGITS, 0);
        for (long batch = 0; batch < 6; batch++) {
            teacherSays(FrameKind.LOGITS, batch);
            studentSays(0, FrameKind.LOGITS, batch);
            assertEquals(
                    batch, bench.ports.next(RoleId.TEACHER, FrameKind.LOGIT_GRADIENTS).batch());
            teacherSays(FrameKind.INPUT_GRADIENTS, batch);
            studentSays(0, FrameKind.INPUT_GRADIENTS, batch);
            if (batch == 0) {
                studentSays(1, FrameKind.INPUT_GRADIENTS, 0);
            }
            finished(0, batch);
            StepReport report = bench.told(StepReport.class);
            assertEquals(batch, report.step());
            assertEquals(UpdateDecision.APPLIED, report.update().decision());
        }

        // Its logits, late, are answered so that it need not wait.
        studentSays(1, FrameKind.LOGITS, 1);
        assertEquals(1, students.get(1).expectMessageClass(StudentProtocol.LeaveOut.class).batch());
    }

    @Test
    void aBatchTheStudentGotPastIsDiscardedAndCounted() throws Exception {
        start(2, 1, true);
        teacherSays(FrameKind.LOGITS, 0);
        // Batch 0 never reached the student; it answers batch 1.
        studentSays(0, FrameKind.LOGITS, 1);

        StepReport report = bench.told(StepReport.class);

        assertEquals(0, report.step());
        assertEquals(UpdateDecision.DISCARDED, report.update().decision());
        assertEquals(0, teacher.expectMessageClass(TeacherProtocol.Abandon.class).batch());
        for (long batch = 0; batch < 3; batch++) {
            assertEquals(
                    batch, bench.ports.next(RoleId.TEACHER, FrameKind.SYNTHETIC_BATCH).batch());
        }
    }

    @Test
    void reachesTheBarrierWhenTheWindowIsDrained() throws Exception {
        start(2, 1, false);
        generator.tell(new GeneratorProtocol.Pause(0));
        for (long batch = 0; batch < 2; batch++) {
            teacherSays(FrameKind.LOGITS, batch);
            bench.ports.next(RoleId.TEACHER, FrameKind.LOGIT_GRADIENTS);
            teacherSays(FrameKind.INPUT_GRADIENTS, batch);
        }
        barrier.expectNoMessage(Duration.ZERO);

        finished(0, 0);
        finished(0, 1);

        assertEquals(new SupervisorProtocol.BarrierReached(0, 2), barrier.receiveMessage());
        TestProbe<SupervisorProtocol.Saved> saved = bench.kit.createTestProbe();
        generator.tell(new GeneratorProtocol.Save(0, 2, directory.toString(), saved.ref()));
        SupervisorProtocol.Saved state = saved.receiveMessage();
        assertTrue(state.finite());
        assertEquals("generator.safetensors", state.file());
        assertEquals(2, state.gate().logNorms().size());
    }

    @Test
    void neitherServesNorWaitsForAStudentThatTakesNoPart() throws Exception {
        start(1, 2, true);
        restore(0, 0, Map.of(1, students.get(1).ref()));
        bench.ports.drain();
        generator.tell(new GeneratorProtocol.Proceed(0, 100, barrier.ref()));
        assertEquals(0, bench.ports.next(RoleId.student(1), FrameKind.SYNTHETIC_BATCH).batch());
        teacherSays(FrameKind.LOGITS, 0);
        studentSays(1, FrameKind.LOGITS, 0);
        bench.ports.next(RoleId.student(1), FrameKind.LOGIT_GRADIENTS);
        teacherSays(FrameKind.INPUT_GRADIENTS, 0);
        studentSays(1, FrameKind.INPUT_GRADIENTS, 0);

        finished(1, 0);

        StepReport report = bench.told(StepReport.class);
        assertEquals(0, report.step());
        assertEquals(UpdateDecision.APPLIED, report.update().decision());
        assertEquals(1, bench.ports.next(RoleId.student(1), FrameKind.SYNTHETIC_BATCH).batch());
        assertTrue(
                bench.ports.drain().stream()
                        .noneMatch(sent -> sent.receiver().equals(RoleId.student(0))));
    }

    @Test
    void neitherWaitsForNorReadsTheLogitsOfAGuestThatCalibrates() throws Exception {
        readFrom.put(1, 1L);
        start(1, 2, true);
        for (long batch = 0; batch < 2; batch++) {
            assertEquals(
                    batch, bench.ports.next(RoleId.student(1), FrameKind.SYNTHETIC_BATCH).batch());
            teacherSays(FrameKind.LOGITS, batch);
            studentSays(0, FrameKind.LOGITS, batch);
            if (batch == 1) {
                assertEquals(List.of(), bench.ports.drain());
                studentSays(1, FrameKind.LOGITS, batch);
                bench.ports.next(RoleId.student(1), FrameKind.LOGIT_GRADIENTS);
                return;
            }
            bench.ports.next(RoleId.student(0), FrameKind.LOGIT_GRADIENTS);
            assertEquals(List.of(), bench.ports.drain());
            teacherSays(FrameKind.INPUT_GRADIENTS, batch);
            studentSays(0, FrameKind.INPUT_GRADIENTS, batch);
            finished(0, batch);
            finished(1, batch);
        }
    }

    private void goOnWithout(int student) {
        generator.tell(new GeneratorProtocol.Students(0, Set.of(1 - student)));
    }

    @Test
    void doesNotWaitForTheLogitsOfAStudentThatHasLeft() throws Exception {
        start(1, 2, true);
        teacherSays(FrameKind.LOGITS, 0);
        studentSays(0, FrameKind.LOGITS, 0);

        goOnWithout(1);

        bench.ports.next(RoleId.student(0), FrameKind.LOGIT_GRADIENTS);
        teacherSays(FrameKind.INPUT_GRADIENTS, 0);
        studentSays(0, FrameKind.INPUT_GRADIENTS, 0);
        finished(0, 0);
        assertEquals(UpdateDecision.APPLIED, bench.told(StepReport.class).update().decision());
        assertEquals(1, bench.ports.next(RoleId.student(0), FrameKind.SYNTHETIC_BATCH).batch());
        assertEquals(List.of(), bench.ports.drain());
    }

    @Test
    void givesABatchUpThatNeedsTheGradientsOfAStudentThatHasLeft() throws Exception {
        start(1, 2, true);
        teacherSays(FrameKind.LOGITS, 0);
        studentSays(0, FrameKind.LOGITS, 0);
        studentSays(1, FrameKind.LOGITS, 0);
        bench.ports.next(RoleId.student(1), FrameKind.LOGIT_GRADIENTS);

        goOnWithout(1);

        assertEquals(UpdateDecision.DISCARDED, bench.told(StepReport.class).update().decision());
        assertEquals(0, students.get(0).expectMessageClass(StudentProtocol.Abandon.class).batch());
        assertEquals(1, bench.ports.next(RoleId.student(0), FrameKind.SYNTHETIC_BATCH).batch());
    }

    private void startWithTwoTeachers() {
        teachers = Map.of(0, teacher.ref(), 1, otherTeacher.ref());
        start(2, 1, true);
    }

    private void only(int instance) {
        generator.tell(
                new GeneratorProtocol.Teachers(
                        0, Map.of(instance, teachers.get(instance)), List.of()));
    }

    private long imagesTo(int instance) throws InterruptedException {
        return bench.ports.next(RoleId.teacher(instance), FrameKind.SYNTHETIC_BATCH).batch();
    }

    @Test
    void givesEachTeacherItsShareOfTheBatches() throws Exception {
        startWithTwoTeachers();

        assertEquals(0, imagesTo(0));
        assertEquals(1, imagesTo(1));
        studentSays(0, FrameKind.LOGITS, 0);
        studentSays(0, FrameKind.LOGITS, 1);
        teacherSays(1, FrameKind.LOGITS, 1);
        assertEquals(1, bench.ports.next(RoleId.teacher(1), FrameKind.LOGIT_GRADIENTS).batch());
        teacherSays(0, FrameKind.LOGITS, 0);
        assertEquals(0, bench.ports.next(RoleId.teacher(0), FrameKind.LOGIT_GRADIENTS).batch());
    }

    @Test
    void givesWhatALostTeacherHasNotAnsweredToAnother() throws Exception {
        startWithTwoTeachers();
        imagesTo(1);

        only(0);

        assertEquals(1, imagesTo(0));
        teacherSays(0, FrameKind.LOGITS, 0);
        studentSays(0, FrameKind.LOGITS, 0);
        studentSays(0, FrameKind.LOGITS, 1);
        teacherSays(0, FrameKind.LOGITS, 1);
        assertEquals(0, bench.ports.next(RoleId.teacher(0), FrameKind.LOGIT_GRADIENTS).batch());
        assertEquals(1, bench.ports.next(RoleId.teacher(0), FrameKind.LOGIT_GRADIENTS).batch());
    }

    @Test
    void asksTheOtherTeacherForTheGradientsALostOneOwes() throws Exception {
        startWithTwoTeachers();
        studentSays(0, FrameKind.LOGITS, 0);
        teacherSays(0, FrameKind.LOGITS, 0);
        bench.ports.next(RoleId.teacher(0), FrameKind.LOGIT_GRADIENTS);

        only(1);
        assertEquals(0, imagesTo(1));
        teacherSays(1, FrameKind.LOGITS, 0);

        assertEquals(0, bench.ports.next(RoleId.teacher(1), FrameKind.LOGIT_GRADIENTS).batch());
        teacherSays(1, FrameKind.INPUT_GRADIENTS, 0);
        studentSays(0, FrameKind.INPUT_GRADIENTS, 0);
        finished(0, 0);
        StepReport report = bench.told(StepReport.class);
        assertEquals(UpdateDecision.APPLIED, report.update().decision());
        teacher.expectNoMessage(Duration.ZERO);
    }

    @Test
    void givesABatchToAnotherTeacherWhenAskingAgainWasInVain() throws Exception {
        teachers = Map.of(0, teacher.ref(), 1, otherTeacher.ref());
        start(1, 1, true);
        assertEquals(0, imagesTo(0));
        for (int i = 1; i < RESENDS; i++) {
            bench.time.timePasses(RESEND);
            assertEquals(0, imagesTo(0));
        }

        bench.time.timePasses(RESEND);

        assertEquals(0, imagesTo(1));
        assertEquals(0, teacher.expectMessageClass(TeacherProtocol.Abandon.class).batch());
        for (long batch = 0; batch < 8; batch++) {
            teacherSays(1, FrameKind.LOGITS, batch);
            studentSays(0, FrameKind.LOGITS, batch);
            assertEquals(
                    batch, bench.ports.next(RoleId.teacher(1), FrameKind.LOGIT_GRADIENTS).batch());
            teacherSays(1, FrameKind.INPUT_GRADIENTS, batch);
            studentSays(0, FrameKind.INPUT_GRADIENTS, batch);
            finished(0, batch);
        }
        assertEquals(8, imagesTo(0), "tried again");
    }

    @Test
    void freesATeacherFromABatchThatAnotherHasBeenGiven() throws Exception {
        startWithTwoTeachers();
        only(0);
        generator.tell(new GeneratorProtocol.Teachers(0, teachers, List.of()));
        imagesTo(0);

        teacherSays(1, FrameKind.LOGITS, 1);
        teacherSays(1, FrameKind.LOGITS, 1);

        assertEquals(1, otherTeacher.expectMessageClass(TeacherProtocol.Abandon.class).batch());
    }

    @Test
    void handlesEveryRequest() {
        start(1, 1, true);
        TestProbe<SupervisorProtocol.Saved> saved = bench.kit.createTestProbe();

        generator.tell(new GeneratorProtocol.Proceed(0, 1, barrier.ref()));
        generator.tell(new GeneratorProtocol.Pause(0));
        generator.tell(new GeneratorProtocol.Teachers(0, Map.of(0, teacher.ref()), List.of()));
        generator.tell(new GeneratorProtocol.Students(0, Set.of(0)));
        generator.tell(new GeneratorProtocol.BatchFinished(0, 0, 0, false));
        restore(1, 0);
        generator.tell(new GeneratorProtocol.Save(1, 0, directory.toString(), saved.ref()));

        saved.receiveMessage();
        bench.assertAllHandled();
        assertEquals(7, GeneratorProtocol.Request.class.getPermittedSubclasses().length);
    }
}
