package io.aktnode.ops.bench;

import io.aktnode.actors.run.RunSpec;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.Schedule;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.ops.job.Model;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * What is measured: a short run of which only the last steps count.
 *
 * @param teacher float
 * @param training as in a real run; its schedule is replaced, its bit widths are the first
 *     student's
 * @param furtherStudents bit widths of students beside it
 * @param window batches in flight
 * @param cores compute threads
 * @param warmUpSteps training steps before those that count: the JVM compiles meanwhile
 * @param steps training steps that count
 * @param checkpointEverySteps of a real run, over which the cost of a checkpoint is spread
 */
public record BenchSpec(
        Model teacher,
        TrainingConfig training,
        List<QuantizationConfig> furtherStudents,
        int window,
        int cores,
        int warmUpSteps,
        int steps,
        int checkpointEverySteps) {

    /** Steps that only move activation ranges; the student's weights need some. */
    static final int CALIBRATION_STEPS = 4;

    private static final int WARM_UP_IMAGES = 1600;
    private static final int FEWEST_WARM_UP_STEPS = 8;
    private static final int MOST_WARM_UP_STEPS = 100;

    public BenchSpec {
        furtherStudents = List.copyOf(furtherStudents);
        if (warmUpSteps < window || steps < 1) {
            throw new IllegalArgumentException(
                    "warm-up-steps="
                            + warmUpSteps
                            + " must be at least window="
                            + window
                            + " and steps="
                            + steps
                            + " 1 or more");
        }
    }

    /** Enough steps for the compiler to have seen every loop some thousand times. */
    public static int warmUpSteps(int batch, int window) {
        int steps = (WARM_UP_IMAGES + batch - 1) / batch;
        return Math.max(
                window, Math.max(FEWEST_WARM_UP_STEPS, Math.min(MOST_WARM_UP_STEPS, steps)));
    }

    /** Bit widths of all students, by id. */
    List<QuantizationConfig> students() {
        List<QuantizationConfig> all = new ArrayList<>();
        all.add(training.quantization());
        all.addAll(furtherStudents);
        return all;
    }

    /**
     * What students are called in tables and JSON, by id: {@code student}, or with several {@code
     * student-3bit}, ….
     */
    List<String> studentNames() {
        return furtherStudents.isEmpty()
                ? List.of("student")
                : students().stream().map(bits -> "student-" + bits.weightBits() + "bit").toList();
    }

    /** Number of the first step that counts. */
    int firstStep() {
        return CALIBRATION_STEPS + warmUpSteps;
    }

    /** All steps of the run. */
    int totalSteps() {
        return firstStep() + steps;
    }

    /** The training configuration with the short schedule. */
    TrainingConfig shortTraining() {
        return new TrainingConfig(
                training.method(),
                training.quantization(),
                new Schedule(totalSteps(), 1, CALIBRATION_STEPS, List.of(), 1),
                training.student(),
                training.generator(),
                training.batchSize(),
                training.shards(),
                training.seed());
    }

    /** The run, with one or two checkpoints among the steps that count. */
    RunSpec run(Path directory) {
        return new RunSpec(
                shortTraining(),
                window,
                cores,
                directory,
                false,
                Math.max(1, (steps + 1) / 2),
                1,
                Optional.empty(),
                1,
                furtherStudents);
    }
}
