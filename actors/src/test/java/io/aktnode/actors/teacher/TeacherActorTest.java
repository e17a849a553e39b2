package io.aktnode.actors.teacher;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.typed.ActorRef;
import io.aktnode.actors.data.RoleLink;
import io.aktnode.actors.fake.Bench;
import io.aktnode.actors.fake.FakeTeacher;
import io.aktnode.actors.fake.MemoryPorts;
import io.aktnode.protocol.control.StepReport;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.control.TeacherProtocol;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.RoleId;
import java.util.List;
import java.util.Set;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class TeacherActorTest {

    private final Bench bench = new Bench();
    private ActorRef<TeacherProtocol.Command> teacher;

    @BeforeEach
    void start() {
        teacher =
                bench.kit.spawn(
                        TeacherActor.create(bench.environment(3), 0, () -> new FakeTeacher(true)));
        restore(0);
    }

    @AfterEach
    void shutDown() {
        bench.close();
    }

    private void restore(int incarnation) {
        restore(incarnation, Set.of(0, 1));
    }

    private void restore(int incarnation, Set<Integer> students) {
        teacher.tell(
                new TeacherProtocol.Restore(
                        Bench.restoration(incarnation, 0), students, bench.restored.ref()));
        assertEquals(
                new SupervisorProtocol.Restored(RoleId.TEACHER, incarnation),
                bench.restored.receiveMessage());
    }

    private void images(int incarnation, long batch) {
        bench.images(RoleId.TEACHER, incarnation, batch, 0.5f);
    }

    private void logitGradients(long batch) {
        bench.frame(
                RoleId.TEACHER,
                RoleId.GENERATOR,
                0,
                FrameKind.LOGIT_GRADIENTS,
                batch,
                0.1f,
                Bench.logits());
    }

    @Test
    void saysThatItIsUpUntilItIsRestored() {
        bench.told(SupervisorProtocol.TeacherUp.class);
        bench.time.timePasses(RoleLink.ANNOUNCE_EVERY);
        bench.supervisor.expectNoMessage();

        bench.kit.spawn(TeacherActor.create(bench.environment(3), 1, () -> new FakeTeacher(true)));
        SupervisorProtocol.TeacherUp first = bench.told(SupervisorProtocol.TeacherUp.class);
        bench.time.timePasses(RoleLink.ANNOUNCE_EVERY);
        SupervisorProtocol.TeacherUp again = bench.told(SupervisorProtocol.TeacherUp.class);

        assertEquals(1, first.instance());
        assertEquals(first, again);
    }

    @Test
    void tellsTheGeneratorLogitsAndEveryStudentAllItKnows() throws Exception {
        images(0, 0);

        MemoryPorts.Sent logits = bench.ports.next();
        MemoryPorts.Sent first = bench.ports.next();
        MemoryPorts.Sent second = bench.ports.next();

        assertEquals(RoleId.GENERATOR, logits.receiver());
        assertEquals(FrameKind.LOGITS, logits.kind());
        assertEquals(RoleId.student(0), first.receiver());
        assertEquals(RoleId.student(1), second.receiver());
        assertEquals(FrameKind.TEACHER_KNOWLEDGE, first.kind());
        assertEquals(3, first.tensors().size());
        assertArrayEquals(logits.tensors().get(0), first.tensors().get(0));
    }

    @Test
    void finishesABatchBeforeItBeginsTheNextInOrder() throws Exception {
        images(0, 0);
        images(0, 2);
        images(0, 1);
        assertEquals(0, bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS).batch());

        logitGradients(0);

        MemoryPorts.Sent gradient = bench.ports.next(RoleId.GENERATOR, FrameKind.INPUT_GRADIENTS);
        assertEquals(0, gradient.batch());
        StepReport report = bench.told(StepReport.class);
        assertEquals(report.losses().get("bn_statistics"), gradient.header().scalar());
        assertEquals(1, bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS).batch());
        teacher.tell(new TeacherProtocol.Abandon(0, 1));
        assertEquals(2, bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS).batch());
    }

    @Test
    void answersABatchThatWasTakenBackAndIsGivenToItAgain() throws Exception {
        images(0, 0);
        assertEquals(0, bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS).batch());
        teacher.tell(new TeacherProtocol.Abandon(0, 0));
        images(0, 0);
        assertEquals(0, bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS).batch());

        logitGradients(0);

        assertEquals(0, bench.ports.next(RoleId.GENERATOR, FrameKind.INPUT_GRADIENTS).batch());
    }

    /** The message that says so may be lost. */
    @Test
    void goesOnWhenABatchComesThatIsOnlyDrawnOnceTheOneAtWorkIsOver() throws Exception {
        images(0, 0);
        images(0, 2);
        assertEquals(0, bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS).batch());

        images(0, 3);

        assertEquals(2, bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS).batch());
    }

    @Test
    void doesAnEarlierBatchOfALostTeacherBeforeItsOwn() throws Exception {
        images(0, 1);
        assertEquals(1, bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS).batch());

        images(0, 0);

        assertEquals(0, bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS).batch());
        logitGradients(0);
        assertEquals(0, bench.ports.next(RoleId.GENERATOR, FrameKind.INPUT_GRADIENTS).batch());
        assertEquals(1, bench.ports.next(RoleId.GENERATOR, FrameKind.LOGITS).batch());
        logitGradients(1);
        assertEquals(1, bench.ports.next(RoleId.GENERATOR, FrameKind.INPUT_GRADIENTS).batch());
    }

    @Test
    void tellsAStudentThatHasLeftNothingMore() throws Exception {
        teacher.tell(new TeacherProtocol.Students(0, Set.of(1)));
        images(0, 0);

        assertEquals(RoleId.GENERATOR, bench.ports.next().receiver());
        assertEquals(RoleId.student(1), bench.ports.next().receiver());
        assertEquals(List.of(), bench.ports.drain());
    }

    @Test
    void answersARepeatedQuestionAgain() throws Exception {
        images(0, 0);
        bench.ports.next(RoleId.student(1), FrameKind.TEACHER_KNOWLEDGE);
        images(0, 0);
        bench.ports.next(RoleId.student(1), FrameKind.TEACHER_KNOWLEDGE);
        logitGradients(0);
        bench.ports.next(RoleId.GENERATOR, FrameKind.INPUT_GRADIENTS);
        logitGradients(0);
        assertEquals(0, bench.ports.next(RoleId.GENERATOR, FrameKind.INPUT_GRADIENTS).batch());

        // After its end the knowledge is still there for a student that missed it.
        images(0, 0);
        assertEquals(0, bench.ports.next(RoleId.student(0), FrameKind.TEACHER_KNOWLEDGE).batch());
    }

    @Test
    void ignoresFramesOfAnOlderIncarnation() throws Exception {
        images(0, 0);
        bench.ports.next(RoleId.student(1), FrameKind.TEACHER_KNOWLEDGE);
        restore(1);

        logitGradients(0);
        images(0, 1);
        images(1, 0);

        assertEquals(1, bench.ports.next().header().incarnation());
        bench.ports.next();
        bench.ports.next();
        assertEquals(List.of(), bench.ports.drain());
    }

    @Test
    void tellsNothingToAStudentThatTakesNoPart() throws Exception {
        restore(1, Set.of(0));

        images(1, 0);

        assertEquals(RoleId.GENERATOR, bench.ports.next().receiver());
        assertEquals(RoleId.student(0), bench.ports.next().receiver());
        assertEquals(List.of(), bench.ports.drain());
    }

    @Test
    void handlesEveryRequest() {
        teacher.tell(new TeacherProtocol.Abandon(0, 3));
        teacher.tell(new TeacherProtocol.Students(0, Set.of(0)));
        restore(1);

        bench.assertAllHandled();
        assertEquals(3, TeacherProtocol.Request.class.getPermittedSubclasses().length);
    }
}
