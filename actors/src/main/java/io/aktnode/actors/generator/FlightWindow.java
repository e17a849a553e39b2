package io.aktnode.actors.generator;

import io.aktnode.actors.data.Frame;
import io.aktnode.protocol.frame.Role;
import io.aktnode.protocol.frame.RoleId;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * The batches in flight, and how far each student has got: decides what is still waited for. One
 * thread.
 */
final class FlightWindow {

    private static final int PROBATION = 8;

    private final int window;
    private final boolean readsStudents;
    private final TreeMap<Long, Flight> flights = new TreeMap<>();
    private long[] settledUpTo = {};

    /** Batches a student has still to be in time for before it is waited for again. */
    private int[] probation = {};

    private Set<Integer> present = Set.of();
    private Map<Integer, Long> readFrom = Map.of();

    /**
     * @param window batches in flight at most; 1 is lockstep
     * @param readsStudents whether the generator's loss reads the students' logits
     */
    FlightWindow(int window, boolean readsStudents) {
        this.window = window;
        this.readsStudents = readsStudents;
    }

    /** One more than the highest id of a student that takes part. */
    int seats() {
        return settledUpTo.length;
    }

    boolean lockstep() {
        return window == 1;
    }

    boolean hasCredit() {
        return flights.size() < window;
    }

    boolean isEmpty() {
        return flights.isEmpty();
    }

    void add(Flight flight) {
        for (int id = 0; id < seats(); id++) {
            Flight.StudentPart part = flight.students.get(id);
            part.finished = !present.contains(id);
            part.leftOut = part.finished || flight.batch < readFrom.getOrDefault(id, 0L);
        }
        flights.put(flight.batch, flight);
    }

    /** In the order of the steps; a copy. */
    List<Flight> all() {
        return List.copyOf(flights.values());
    }

    Flight oldest() {
        return flights.firstEntry().getValue();
    }

    /** What is missing of a batch, for people. */
    String missing(Flight flight) {
        return flight.missing(readsStudents);
    }

    Flight get(long batch) {
        return flights.get(batch);
    }

    /**
     * Drops all; the next batch is that of a step.
     *
     * @param taking ids of the students that take part from now on
     * @param reading the first batch whose logits of a student are read, by id; else 0
     */
    void restart(long step, Set<Integer> taking, Map<Integer, Long> reading) {
        present = Set.copyOf(taking);
        readFrom = Map.copyOf(reading);
        flights.values().forEach(Flight::releaseFrames);
        flights.clear();
        int seats = taking.stream().mapToInt(id -> id + 1).max().orElse(0);
        settledUpTo = new long[seats];
        probation = new int[seats];
        Arrays.fill(settledUpTo, step - 1);
    }

    /** Goes on with those that stay; a batch that needs gradients of another is broken. */
    void keepOnly(Set<Integer> staying) {
        for (int id : present) {
            if (!staying.contains(id)) {
                flights.values().forEach(flight -> flight.without(id));
            }
        }
        present = present.stream().filter(staying::contains).collect(Collectors.toSet());
    }

    /** Gives a batch up: nobody is waited for any more. */
    void remove(Flight flight) {
        flights.remove(flight.batch);
        flight.releaseFrames();
        for (int i = 0; i < settledUpTo.length; i++) {
            settle(i, flight.batch);
        }
    }

    /** The oldest batch, if it is over; it is taken out. */
    Flight pollOver() {
        if (flights.isEmpty() || !over(oldest())) {
            return null;
        }
        Flight flight = flights.pollFirstEntry().getValue();
        flight.releaseFrames();
        return flight;
    }

    private boolean over(Flight flight) {
        if (!flight.updated) {
            return false;
        }
        if (lockstep()) {
            return flight.finishedByAll();
        }
        return present.stream().anyMatch(id -> settledUpTo[id] >= flight.batch);
    }

    /** What became of a frame that came in. */
    enum Arrival {
        TAKEN,
        /** It was here already. */
        REPEATED,
        /** Nobody waits for it any more. */
        LATE
    }

    Arrival addLogits(Frame frame) {
        Flight flight = get(frame.batch());
        RoleId sender = frame.header().sender();
        if (sender.role() == Role.TEACHER) {
            if (flight != null && flight.teacherLogits == null) {
                flight.teacherLogits = frame;
                return Arrival.TAKEN;
            }
            frame.release();
            return flight == null ? Arrival.LATE : Arrival.REPEATED;
        }
        int id = sender.instance();
        settle(id, frame.batch() - 1);
        flights.headMap(frame.batch()).values().forEach(earlier -> earlier.passedBy(id));
        Flight.StudentPart part = flight == null ? null : flight.students.get(id);
        if (part != null && part.logits == null && !part.leftOut) {
            part.logits = frame;
            return Arrival.TAKEN;
        }
        frame.release();
        return part == null || part.leftOut ? Arrival.LATE : Arrival.REPEATED;
    }

    Arrival addGradient(Frame frame) {
        Flight flight = get(frame.batch());
        RoleId sender = frame.header().sender();
        if (flight != null && !flight.judged()) {
            if (sender.role() == Role.TEACHER && flight.teacherGradient == null) {
                flight.teacherGradient = frame;
                return Arrival.TAKEN;
            }
            if (sender.role() == Role.STUDENT
                    && flight.students.get(sender.instance()).gradient == null) {
                flight.students.get(sender.instance()).gradient = frame;
                return Arrival.TAKEN;
            }
        }
        frame.release();
        return flight == null ? Arrival.LATE : Arrival.REPEATED;
    }

    /**
     * Notes that a student is through with a batch.
     *
     * @param answered whether it has sent its gradients for the images
     * @return false if the batch cannot go on because the student was asked and did not answer
     */
    boolean finished(int student, long batch, boolean answered) {
        settle(student, batch);
        Flight flight = get(batch);
        if (flight == null) {
            return true;
        }
        Flight.StudentPart part = flight.students.get(student);
        part.finished = true;
        if (!readsStudents || answered || part.logits == null) {
            return true;
        }
        if (flight.asked == null) {
            part.logits.release();
            part.logits = null;
            part.leftOut = true;
            return true;
        }
        return flight.judged() || part.gradient != null;
    }

    /** A student has got beyond a batch: its logits are no longer coming, nor any before. */
    private void settle(int student, long batch) {
        if (batch <= settledUpTo[student]) {
            return;
        }
        settledUpTo[student] = batch;
        if (readsStudents) {
            for (Flight flight : flights.headMap(batch, true).values()) {
                Flight.StudentPart part = flight.students.get(student);
                part.leftOut |= part.logits == null;
            }
        }
    }

    /**
     * Whether all logits that are waited for are here; called until it is true. Out of lockstep,
     * once another student's logits are here, one still at work on an earlier batch is not waited
     * for, nor for the next batches until it has been in time for some.
     */
    boolean hasLogits(Flight flight) {
        if (flight.teacherLogits == null) {
            return false;
        }
        if (!readsStudents) {
            return true;
        }
        boolean anyHere = !flight.studentLogits().isEmpty();
        for (int i = 0; i < settledUpTo.length; i++) {
            Flight.StudentPart part = flight.students.get(i);
            if (part.logits == null && !part.leftOut) {
                boolean late = probation[i] > 0 || settledUpTo[i] < flight.batch - 1;
                if (lockstep() || !anyHere || !late) {
                    return false;
                }
            }
        }
        for (int i = 0; i < settledUpTo.length; i++) {
            Flight.StudentPart part = flight.students.get(i);
            part.leftOut |= part.logits == null;
            probation[i] = part.leftOut ? PROBATION : Math.max(0, probation[i] - 1);
        }
        return true;
    }
}
