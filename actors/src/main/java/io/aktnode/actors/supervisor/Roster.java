package io.aktnode.actors.supervisor;

import io.aktnode.actors.policy.HourlyBudget;
import io.aktnode.actors.run.Guest;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.Schedule;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * The students of a run: its own, which are there from the first step to the last, and guests,
 * which join and leave while it goes on. One thread.
 *
 * <p>A guest calibrates for as many steps as the run's own did, then trains on with the run's
 * learning rate. The generator reads its logits from its first trained step on: before, they say
 * nothing about what it finds hard.
 */
final class Roster {

    private final List<QuantizationConfig> own;
    private final long calibrationSteps;
    private final TreeMap<Integer, Guest> guests = new TreeMap<>();
    private final Map<Integer, HourlyBudget> failures = new HashMap<>();
    private final SupervisorConfig config;

    Roster(SupervisorConfig config) {
        this.config = config;
        this.own = config.students();
        Schedule schedule = config.plan().schedule();
        this.calibrationSteps = (long) schedule.calibrationEpochs() * schedule.stepsPerEpoch();
    }

    boolean isGuest(int student) {
        return student >= own.size();
    }

    boolean knows(int student) {
        return student < own.size() || guests.containsKey(student);
    }

    /** A guest takes part from this step on. */
    void join(int student, int bits, long step) {
        guests.put(student, new Guest(student, bits, step));
    }

    /** What a guest had learned is given up: it begins anew at this step. */
    void rejoin(int student, long step) {
        join(student, guests.get(student).bits(), step);
    }

    /** As an earlier process left it. */
    void restore(Guest guest) {
        guests.put(guest.student(), guest);
    }

    /** Nothing is left of a guest. */
    void forget(int student) {
        guests.remove(student);
    }

    /** Guests that take part or whose state is kept, by id. */
    List<Guest> guests() {
        return List.copyOf(guests.values());
    }

    /** One more than the highest id. */
    int seats() {
        return guests.isEmpty() ? own.size() : guests.lastKey() + 1;
    }

    QuantizationConfig quantization(int student) {
        return isGuest(student)
                ? own.get(0).withBits(guests.get(student).bits())
                : own.get(student);
    }

    /** The first step whose gradients a student applies; before, it calibrates. */
    long trainsFrom(int student) {
        return isGuest(student)
                ? guests.get(student).joinedAt() + calibrationSteps
                : calibrationSteps;
    }

    /** The first step at which the generator reads a student's logits. */
    long readFrom(int student) {
        return isGuest(student) ? trainsFrom(student) : 0;
    }

    /**
     * Whether a student has seen images by then; before, it has no activation ranges, and nothing
     * to be asked for or to go on from.
     */
    boolean hasRanges(int student, long finishedSteps) {
        return !isGuest(student) || finishedSteps > guests.get(student).joinedAt();
    }

    /** Whether a guest that threw may come back; not more often than roles are restarted. */
    boolean mayComeBack(int student) {
        return failures.computeIfAbsent(
                        student,
                        id ->
                                new HourlyBudget(
                                        config.cures().restartsPerHour(), config.nanoClock()))
                .tryUse();
    }
}
