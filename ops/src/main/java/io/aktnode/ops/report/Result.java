package io.aktnode.ops.report;

import io.aktnode.actors.run.Intervention;
import io.aktnode.nn.train.TrainingConfig;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a run achieved.
 *
 * @param teacherTop1 percent; absent without evaluation images
 * @param teacherBytes as {@link ModelBytes#ofFloat} counts
 * @param students by id, at least one
 * @param completed false when the run was ended before its last step
 * @param wallSeconds of this process
 */
public record Result(
        OptionalDouble teacherTop1,
        long teacherBytes,
        List<StudentResult> students,
        TrainingConfig training,
        long steps,
        boolean completed,
        double wallSeconds,
        List<Intervention> interventions) {

    public Result {
        students = List.copyOf(students);
        interventions = List.copyOf(interventions);
    }

    /** Whether every student was trained to the end of the run. */
    public boolean allStudents() {
        return students.stream().allMatch(student -> student.quarantined().isEmpty());
    }
}
