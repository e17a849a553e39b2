package io.aktnode.ops.report;

import io.aktnode.actors.run.Intervention;
import io.aktnode.nn.train.TrainingConfig;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a run achieved.
 *
 * @param teacherTop1 percent; absent without evaluation images, as are the other accuracies
 * @param naiveTop1 of the teacher with weights and activations rounded to the same bits
 * @param studentTop1 of the student as it was at the end: the headline
 * @param studentBestTop1 best of all evaluations, chosen on the evaluation images
 * @param teacherBytes as {@link ModelBytes#ofFloat} counts
 * @param studentBytes as {@link ModelBytes#ofQuantized} counts
 * @param completed false when the run was ended before its last step
 * @param wallSeconds of this process
 */
public record Result(
        OptionalDouble teacherTop1,
        OptionalDouble naiveTop1,
        OptionalDouble studentTop1,
        OptionalDouble studentBestTop1,
        long teacherBytes,
        long studentBytes,
        TrainingConfig training,
        long steps,
        boolean completed,
        double wallSeconds,
        List<Intervention> interventions) {

    public Result {
        interventions = List.copyOf(interventions);
    }
}
