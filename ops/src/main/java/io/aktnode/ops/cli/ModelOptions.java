package io.aktnode.ops.cli;

import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** What the user says of a model whose file does not say it. */
final class ModelOptions {

    @Mixin private ArchitectureOptions architecture;

    @Option(
            names = "--mean",
            paramLabel = "R,G,B",
            split = ",",
            hideParamSyntax = true,
            description = "Mean of its inputs, of values 0 to 1 (default: CIFAR-10's).")
    private List<Double> mean;

    @Option(
            names = "--std",
            paramLabel = "R,G,B",
            split = ",",
            hideParamSyntax = true,
            description = "Standard deviation of its inputs.")
    private List<Double> std;

    @Option(
            names = "--eval",
            paramLabel = "PATH",
            description =
                    "Labelled images to report accuracy on: CIFAR binary or a folder of class"
                            + " folders.")
    private String eval;

    void addTo(Flags flags) {
        architecture.addTo(flags);
        flags.put("teacher.mean", "--mean", mean)
                .put("teacher.std", "--std", std)
                .put("evaluation.path", "--eval", eval);
    }
}
