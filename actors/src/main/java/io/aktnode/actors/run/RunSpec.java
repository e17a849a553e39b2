package io.aktnode.actors.run;

import io.aktnode.nn.data.ImageSet;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.TrainingConfig;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/**
 * One run of the whole system in one JVM.
 *
 * @param training what determines the numbers
 * @param window batches in flight; 1 is lockstep
 * @param cores compute threads of the node
 * @param directory where checkpoints, journal and metrics go
 * @param resume whether to continue from the newest complete checkpoint in {@code directory}
 * @param checkpointEverySteps a checkpoint is taken after every so many steps and at the end
 * @param keepCheckpoints how many of the last ones are kept, beside the last healthy one
 * @param evaluation images for reporting accuracy; never reach training
 * @param evaluateEveryEpochs how often accuracy is reported, besides at the end
 * @param furtherStudents bit widths of students beside the one {@code training} describes; all
 *     learn from the same batches
 */
public record RunSpec(
        TrainingConfig training,
        int window,
        int cores,
        Path directory,
        boolean resume,
        int checkpointEverySteps,
        int keepCheckpoints,
        Optional<ImageSet> evaluation,
        int evaluateEveryEpochs,
        List<QuantizationConfig> furtherStudents) {

    public RunSpec {
        atLeastOne("window", window);
        atLeastOne("cores", cores);
        atLeastOne("checkpoint-every-steps", checkpointEverySteps);
        atLeastOne("keep-checkpoints", keepCheckpoints);
        atLeastOne("evaluate-every-epochs", evaluateEveryEpochs);
        furtherStudents = List.copyOf(furtherStudents);
    }

    /** A run with one student. */
    public RunSpec(
            TrainingConfig training,
            int window,
            int cores,
            Path directory,
            boolean resume,
            int checkpointEverySteps,
            int keepCheckpoints,
            Optional<ImageSet> evaluation,
            int evaluateEveryEpochs) {
        this(
                training,
                window,
                cores,
                directory,
                resume,
                checkpointEverySteps,
                keepCheckpoints,
                evaluation,
                evaluateEveryEpochs,
                List.of());
    }

    public RunSpec withFurtherStudents(List<QuantizationConfig> bits) {
        return new RunSpec(
                training,
                window,
                cores,
                directory,
                resume,
                checkpointEverySteps,
                keepCheckpoints,
                evaluation,
                evaluateEveryEpochs,
                bits);
    }

    /** Bit widths of all students, by id. */
    public List<QuantizationConfig> students() {
        List<QuantizationConfig> all = new ArrayList<>();
        all.add(training.quantization());
        all.addAll(furtherStudents);
        return all;
    }

    private static void atLeastOne(String name, int value) {
        if (value < 1) {
            throw new IllegalArgumentException(name + "=" + value + " must be 1 or more");
        }
    }
}
