package io.aktnode.actors.supervisor;

import akka.actor.typed.ActorRef;
import io.aktnode.protocol.control.DataAddress;
import io.aktnode.protocol.control.GeneratorProtocol;
import io.aktnode.protocol.control.Restoration;
import io.aktnode.protocol.control.StudentProtocol;
import io.aktnode.protocol.control.SupervisorProtocol.Evaluated;
import io.aktnode.protocol.control.SupervisorProtocol.GeneratorUp;
import io.aktnode.protocol.control.SupervisorProtocol.Restored;
import io.aktnode.protocol.control.SupervisorProtocol.Saved;
import io.aktnode.protocol.control.SupervisorProtocol.StudentUp;
import io.aktnode.protocol.control.SupervisorProtocol.TeacherUp;
import io.aktnode.protocol.control.TeacherProtocol;
import io.aktnode.protocol.frame.RoleId;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;
import java.util.stream.IntStream;

/** The roles of a run: which take part, which are up, and messages to all of them. One thread. */
final class Crew {

    private final int studentCount;
    private final Map<Integer, ActorRef<StudentProtocol.Request>> students = new HashMap<>();
    private final Map<Integer, String> retired = new HashMap<>();
    private final Map<RoleId, DataAddress> up = new LinkedHashMap<>();
    private ActorRef<GeneratorProtocol.Request> generator;
    private ActorRef<TeacherProtocol.Request> teacher;

    Crew(int studentCount) {
        this.studentCount = studentCount;
    }

    void generatorUp(GeneratorUp message) {
        generator = message.generator();
        up.put(RoleId.GENERATOR, message.address());
    }

    void teacherUp(TeacherUp message) {
        teacher = message.teacher();
        up.put(RoleId.TEACHER, message.address());
    }

    /** One that is retired is told so, whenever it comes up. */
    void studentUp(StudentUp message) {
        int id = message.student();
        if (takesPart(id)) {
            students.put(id, message.ref());
            up.put(RoleId.student(id), message.address());
        } else {
            message.ref().tell(new StudentProtocol.Retire(retired.get(id)));
        }
    }

    void down(RoleId role) {
        up.remove(role);
    }

    /**
     * Goes on without a student for good.
     *
     * @param reason for its log
     */
    void retire(int id, String reason) {
        retired.put(id, reason);
        up.remove(RoleId.student(id));
        ActorRef<StudentProtocol.Request> student = students.remove(id);
        if (student != null) {
            student.tell(new StudentProtocol.Retire(reason));
        }
    }

    boolean takesPart(int student) {
        return !retired.containsKey(student);
    }

    /** Students that take part. */
    int students() {
        return studentCount - retired.size();
    }

    boolean isUp(RoleId role) {
        return up.containsKey(role);
    }

    boolean complete() {
        return up.size() == size();
    }

    /** Generator, teacher and students. */
    int size() {
        return 2 + students();
    }

    /** Roles that have a state to be saved: all but the teacher. */
    int savers() {
        return 1 + students();
    }

    ActorRef<GeneratorProtocol.Request> generator() {
        return generator;
    }

    /** Asks every student for its accuracy. */
    void evaluate(int incarnation, long step, ActorRef<Evaluated> replyTo) {
        students.values()
                .forEach(
                        student ->
                                student.tell(
                                        new StudentProtocol.Evaluate(incarnation, step, replyTo)));
    }

    /** The same, and where the roles that are up receive their frames. */
    Restoration withPeers(Restoration begin) {
        return new Restoration(
                begin.runId(),
                begin.incarnation(),
                begin.step(),
                begin.fresh(),
                begin.state(),
                up.entrySet().stream()
                        .map(entry -> new Restoration.Peer(entry.getKey(), entry.getValue()))
                        .toList());
    }

    /**
     * Has all roles begin an incarnation.
     *
     * @param begin how each role does
     */
    void restore(Function<RoleId, Restoration> begin, int noiseEpoch, ActorRef<Restored> replyTo) {
        teacher.tell(
                new TeacherProtocol.Restore(
                        begin.apply(RoleId.TEACHER), students.keySet(), replyTo));
        IntStream.range(0, studentCount)
                .filter(this::takesPart)
                .forEach(
                        id ->
                                students.get(id)
                                        .tell(
                                                new StudentProtocol.Restore(
                                                        begin.apply(RoleId.student(id)),
                                                        generator,
                                                        replyTo)));
        generator.tell(
                new GeneratorProtocol.Restore(
                        begin.apply(RoleId.GENERATOR), noiseEpoch, teacher, students, replyTo));
    }

    void save(int incarnation, long step, String directory, ActorRef<Saved> replyTo) {
        generator.tell(new GeneratorProtocol.Save(incarnation, step, directory, replyTo));
        students.values()
                .forEach(
                        student ->
                                student.tell(
                                        new StudentProtocol.Save(
                                                incarnation, step, directory, replyTo)));
    }
}
