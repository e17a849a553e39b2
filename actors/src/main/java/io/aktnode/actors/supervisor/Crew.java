package io.aktnode.actors.supervisor;

import akka.actor.typed.ActorRef;
import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.StateFiles;
import io.aktnode.protocol.control.DataAddress;
import io.aktnode.protocol.control.GeneratorProtocol;
import io.aktnode.protocol.control.Restoration;
import io.aktnode.protocol.control.RoleState;
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
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.IntStream;

/** The roles of a run: which are up, and messages to all of them. One thread. */
final class Crew {

    private final int studentCount;
    private final Map<Integer, ActorRef<StudentProtocol.Request>> students = new HashMap<>();
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

    void studentUp(StudentUp message) {
        students.put(message.student(), message.ref());
        up.put(RoleId.student(message.student()), message.address());
    }

    void down(RoleId role) {
        up.remove(role);
    }

    boolean isUp(RoleId role) {
        return up.containsKey(role);
    }

    boolean complete() {
        return up.size() == size();
    }

    /** Generator, teacher and students. */
    int size() {
        return 2 + studentCount;
    }

    /** Roles that have a state to be saved: all but the teacher. */
    int savers() {
        return 1 + studentCount;
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

    /**
     * Has all roles begin an incarnation.
     *
     * @param from the checkpoint whose states are taken over; empty for the roles' first states
     */
    void restore(
            Restoration begin,
            int noiseEpoch,
            Optional<Checkpoint> from,
            ActorRef<Restored> replyTo) {
        List<ActorRef<StudentProtocol.Request>> inOrder =
                IntStream.range(0, studentCount).mapToObj(students::get).toList();
        Restoration where = withPeers(begin);
        teacher.tell(new TeacherProtocol.Restore(where, replyTo));
        for (int i = 0; i < studentCount; i++) {
            inOrder.get(i)
                    .tell(
                            new StudentProtocol.Restore(
                                    with(where, from, RoleId.student(i)), generator, replyTo));
        }
        generator.tell(
                new GeneratorProtocol.Restore(
                        with(where, from, RoleId.GENERATOR),
                        noiseEpoch,
                        teacher,
                        inOrder,
                        replyTo));
    }

    private static Restoration with(Restoration begin, Optional<Checkpoint> from, RoleId role) {
        String name = StateFiles.name(role);
        return new Restoration(
                begin.runId(),
                begin.incarnation(),
                begin.step(),
                begin.fresh(),
                from.map(
                        checkpoint ->
                                new RoleState(
                                        checkpoint.file(name + ".safetensors").toString(),
                                        checkpoint.manifest().gates().get(name))),
                begin.peers());
    }

    private Restoration withPeers(Restoration begin) {
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
