package io.aktnode.actors.generator;

import akka.actor.typed.ActorRef;
import io.aktnode.actors.data.RoleLink;
import io.aktnode.protocol.control.StudentProtocol;
import io.aktnode.protocol.control.TeacherProtocol;
import java.util.HashSet;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;

/**
 * The teachers and students a generator works with, and what it tells them of batches that do not
 * come to their end. Those that are gone are told nothing. One thread.
 */
final class Partners {

    private final RoleLink link;

    /** Those alive, by instance; a batch is answered by one of them. */
    private Map<Integer, ActorRef<TeacherProtocol.Request>> teachers = Map.of();

    private final TeacherTurns turns = new TeacherTurns();

    private Map<Integer, ActorRef<StudentProtocol.Request>> students = Map.of();

    Partners(RoleLink link) {
        this.link = link;
    }

    void begin(
            Map<Integer, ActorRef<TeacherProtocol.Request>> newTeachers,
            Map<Integer, ActorRef<StudentProtocol.Request>> newStudents) {
        teachers(newTeachers);
        students = newStudents;
    }

    /** Of one that is another than before under its number, nothing is known. */
    void teachers(Map<Integer, ActorRef<TeacherProtocol.Request>> now) {
        Set<Integer> changed = new HashSet<>(teachers.keySet());
        changed.removeIf(id -> teachers.get(id).equals(now.get(id)));
        teachers = Map.copyOf(now);
        turns.among(now.keySet(), changed);
    }

    /** All other students are gone. */
    void keepStudents(Set<Integer> now) {
        students = new TreeMap<>(students);
        students.keySet().retainAll(now);
    }

    boolean hasTeacher(int teacher) {
        return teachers.containsKey(teacher);
    }

    TeacherTurns turns() {
        return turns;
    }

    /** Has a student go on without the gradients for its logits. */
    void leaveOut(int student, long batch) {
        if (students.containsKey(student)) {
            students.get(student).tell(new StudentProtocol.LeaveOut(link.incarnation(), batch));
        }
    }

    /** Has a teacher forget a batch. */
    void abandon(int teacher, long batch) {
        if (teachers.containsKey(teacher)) {
            teachers.get(teacher).tell(new TeacherProtocol.Abandon(link.incarnation(), batch));
        }
    }

    /** Has its teacher and all students forget a batch. */
    void abandon(Flight flight) {
        abandon(flight.teacher, flight.batch);
        students.values()
                .forEach(
                        student ->
                                student.tell(
                                        new StudentProtocol.Abandon(
                                                link.incarnation(), flight.batch)));
    }
}
