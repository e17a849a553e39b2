package io.aktnode.ops.cli;

import java.util.List;
import picocli.CommandLine.Option;

/** What the user says of a model whose file does not say it. */
final class ModelOptions {

    @Option(
            names = "--arch",
            paramLabel = "NAME",
            description = "CIFAR ResNet of depth 6n+2, such as resnet20.")
    private String arch;

    @Option(names = "--classes", paramLabel = "N", description = "Number of classes.")
    private Integer classes;

    @Option(
            names = "--image-size",
            paramLabel = "PIXELS",
            description = "Height and width of its images (default 32).")
    private Integer imageSize;

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
        flags.put("teacher.arch", "--arch", arch)
                .put("teacher.classes", "--classes", classes)
                .put("teacher.image-size", "--image-size", imageSize)
                .put("teacher.mean", "--mean", mean)
                .put("teacher.std", "--std", std)
                .put("evaluation.path", "--eval", eval);
    }
}
