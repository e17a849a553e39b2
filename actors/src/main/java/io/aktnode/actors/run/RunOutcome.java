package io.aktnode.actors.run;

import io.aktnode.nn.model.StateDict;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How a run ended.
 *
 * @param students by id
 * @param steps finished, those of an earlier process that was resumed included
 * @param completed false when the run was cancelled before its last step
 * @param interventions in order
 * @param wallSeconds of this process, not of an earlier one that was resumed
 */
public record RunOutcome(
        List<StudentOutcome> students,
        long steps,
        boolean completed,
        List<Intervention> interventions,
        double wallSeconds) {

    public RunOutcome {
        students = List.copyOf(students);
        interventions = List.copyOf(interventions);
    }

    /** Final weights and activation ranges of the first student. */
    public StateDict student() {
        return students.get(0).state();
    }

    /** Of the first student. */
    public OptionalDouble lastTop1() {
        return students.get(0).lastTop1();
    }

    /** Of the first student. */
    public OptionalDouble bestTop1() {
        return students.get(0).bestTop1();
    }
}
