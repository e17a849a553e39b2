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
import io.aktnode.protocol.frame.Role;
import io.aktnode.protocol.frame.RoleId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.function.Function;
import java.util.function.IntPredicate;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/** The roles of a run: which take part, which are up, and messages to all of them. One thread. */
final class Crew {

    private final Roster roster;

    /** Ids of the students that take part, whether they are up or not. */
    private final TreeSet<Integer> taking = new TreeSet<>();

    /** Guests that are up and wait for a barrier to take part, by id. */
    private final TreeMap<Integer, StudentUp> arrived = new TreeMap<>();

    private final Map<Integer, ActorRef<StudentProtocol.Request>> students = new HashMap<>();
    private final Map<Integer, String> retired = new HashMap<>();
    private final Map<RoleId, DataAddress> up = new LinkedHashMap<>();
    private ActorRef<GeneratorProtocol.Request> generator;

    /** Those that are up, by instance. */
    private final TreeMap<Integer, ActorRef<TeacherProtocol.Request>> teachers = new TreeMap<>();

    /** Teachers that have been told to begin this incarnation. */
    private final Set<Integer> begun = new HashSet<>();

    /** Teachers the generator has been told of in this incarnation. */
    private final Set<Integer> serving = new HashSet<>();

    /**
     * @param own number of students the run begins with
     */
    Crew(Roster roster, int own) {
        this.roster = roster;
        IntStream.range(0, own).forEach(taking::add);
    }

    void generatorUp(GeneratorUp message) {
        generator = message.generator();
        up.put(RoleId.GENERATOR, message.address());
    }

    void teacherUp(TeacherUp message) {
        teachers.put(message.instance(), message.teacher());
        up.put(RoleId.teacher(message.instance()), message.address());
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

    /**
     * A guest is up; one that is retired is told so.
     *
     * @return whether it waits for a barrier
     */
    boolean arrive(StudentUp guest) {
        if (retired.containsKey(guest.student())) {
            guest.ref().tell(new StudentProtocol.Retire(retired.get(guest.student())));
            return false;
        }
        arrived.put(guest.student(), guest);
        return true;
    }

    /** Whether guests wait for a barrier. */
    boolean awaited() {
        return !arrived.isEmpty();
    }

    /** The guests that waited; from now on they take part. */
    List<StudentUp> admit() {
        List<StudentUp> guests = List.copyOf(arrived.values());
        arrived.clear();
        for (StudentUp guest : guests) {
            taking.add(guest.student());
            studentUp(guest);
        }
        return guests;
    }

    /**
     * A guest is gone.
     *
     * @return whether it took part
     */
    boolean leave(int guest) {
        arrived.remove(guest);
        students.remove(guest);
        up.remove(RoleId.student(guest));
        return taking.remove(guest);
    }

    void down(RoleId role) {
        up.remove(role);
        if (role.role() == Role.TEACHER) {
            teachers.remove(role.instance());
            begun.remove(role.instance());
            serving.remove(role.instance());
        }
    }

    /**
     * Goes on without a student for good.
     *
     * @param reason for its log
     */
    void retire(int id, String reason) {
        retired.put(id, reason);
        taking.remove(id);
        up.remove(RoleId.student(id));
        ActorRef<StudentProtocol.Request> student = students.remove(id);
        if (student != null) {
            student.tell(new StudentProtocol.Retire(reason));
        }
    }

    boolean takesPart(int student) {
        return taking.contains(student);
    }

    /** Ids of the students that take part, without guests. */
    List<Integer> ownStudents() {
        return taking.stream().filter(id -> !roster.isGuest(id)).toList();
    }

    /** Number of students that take part. */
    int students() {
        return taking.size();
    }

    /** Whether something is so of every student that takes part. */
    boolean every(IntPredicate predicate) {
        return taking.stream().allMatch(predicate::test);
    }

    /** Whether the role has said before that it is up there, and was not made anew since. */
    boolean isUp(RoleId role, DataAddress address) {
        StudentUp guest = role.role() == Role.STUDENT ? arrived.get(role.instance()) : null;
        return address.equals(guest == null ? up.get(role) : guest.address());
    }

    boolean isUp(RoleId role) {
        return up.containsKey(role);
    }

    /** Roles that are not up but needed: one teacher is enough. */
    List<RoleId> missing() {
        List<RoleId> missing = new ArrayList<>();
        if (teachers.isEmpty()) {
            missing.add(RoleId.TEACHER);
        }
        taking.stream()
                .map(RoleId::student)
                .filter(student -> !isUp(student))
                .forEach(missing::add);
        if (!isUp(RoleId.GENERATOR)) {
            missing.add(RoleId.GENERATOR);
        }
        return missing;
    }

    /** Whether all are up that are needed: one teacher is enough. */
    boolean complete() {
        return !teachers.isEmpty() && up.size() - teachers.size() == savers();
    }

    /** Roles that were told to begin this incarnation together. */
    int size() {
        return serving.size() + savers();
    }

    /** Roles that have a state to be saved: all but the teachers. */
    int savers() {
        return 1 + students();
    }

    ActorRef<GeneratorProtocol.Request> generator() {
        return generator;
    }

    /** Asks every student for its accuracy, but guests that have not begun. */
    void evaluate(int incarnation, long step, ActorRef<Evaluated> replyTo) {
        students.forEach(
                (id, student) -> {
                    if (roster.hasRanges(id, step)) {
                        student.tell(new StudentProtocol.Evaluate(incarnation, step, replyTo));
                    }
                });
    }

    /** The same, and where the roles that are up receive their frames. */
    Restoration withPeers(Restoration begin) {
        return new Restoration(
                begin.runId(),
                begin.incarnation(),
                begin.step(),
                begin.fresh(),
                begin.state(),
                peers());
    }

    private List<Restoration.Peer> peers() {
        return up.entrySet().stream()
                .map(entry -> new Restoration.Peer(entry.getKey(), entry.getValue()))
                .toList();
    }

    /**
     * Has all roles begin an incarnation.
     *
     * @param begin how each role does
     */
    void restore(Function<RoleId, Restoration> begin, int noiseEpoch, ActorRef<Restored> replyTo) {
        begun.clear();
        teachers.keySet().forEach(id -> restoreTeacher(id, begin, replyTo));
        serving.clear();
        serving.addAll(begun);
        taking.forEach(
                id ->
                        students.get(id)
                                .tell(
                                        new StudentProtocol.Restore(
                                                begin.apply(RoleId.student(id)),
                                                roster.trainsFrom(id),
                                                roster.readFrom(id),
                                                generator,
                                                replyTo)));
        generator.tell(
                new GeneratorProtocol.Restore(
                        begin.apply(RoleId.GENERATOR),
                        noiseEpoch,
                        teachers,
                        students,
                        taking.stream().collect(Collectors.toMap(id -> id, roster::readFrom)),
                        replyTo));
    }

    private void restoreTeacher(
            int id, Function<RoleId, Restoration> begin, ActorRef<Restored> replyTo) {
        begun.add(id);
        teachers.get(id)
                .tell(
                        new TeacherProtocol.Restore(
                                begin.apply(RoleId.teacher(id)), students.keySet(), replyTo));
    }

    /** Has teachers that came up later than the others begin the same incarnation. */
    void restoreLate(Restoration begin, ActorRef<Restored> replyTo) {
        Restoration withPeers = withPeers(begin);
        teachers.keySet().stream()
                .filter(id -> !begun.contains(id))
                .forEach(id -> restoreTeacher(id, role -> withPeers, replyTo));
    }

    /** Whether another teacher than this one answers batches. */
    boolean servedWithout(int teacher) {
        return serving.stream().anyMatch(id -> id != teacher);
    }

    /** A teacher that came later is ready. */
    void serves(int teacher) {
        if (begun.contains(teacher)) {
            serving.add(teacher);
        }
    }

    /** Has nobody wait for, or send to, students that take no part any more. */
    void tellStudents(int incarnation) {
        begun.forEach(
                id -> teachers.get(id).tell(new TeacherProtocol.Students(incarnation, taking)));
        generator.tell(new GeneratorProtocol.Students(incarnation, taking));
    }

    /** Has the batches shared among the teachers there are now. */
    void tellTeachers(int incarnation) {
        Map<Integer, ActorRef<TeacherProtocol.Request>> all = new TreeMap<>(teachers);
        all.keySet().retainAll(serving);
        generator.tell(new GeneratorProtocol.Teachers(incarnation, all, peers()));
    }

    /** Whether a role that has a state is in this process, and so sees its disk. */
    boolean isHere(RoleId role) {
        ActorRef<?> ref = role.role() == Role.GENERATOR ? generator : students.get(role.instance());
        return ref.path().address().hasLocalScope();
    }

    /**
     * Has every role save its state.
     *
     * @param directory of the checkpoint, for those in this process
     */
    void save(int incarnation, long step, String directory, ActorRef<Saved> replyTo) {
        String generators = isHere(RoleId.GENERATOR) ? directory : "";
        generator.tell(new GeneratorProtocol.Save(incarnation, step, generators, replyTo));
        students.forEach(
                (id, student) ->
                        student.tell(
                                new StudentProtocol.Save(
                                        incarnation,
                                        step,
                                        isHere(RoleId.student(id)) ? directory : "",
                                        replyTo)));
    }
}
