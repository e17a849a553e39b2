package io.aktnode.ops.cli;

import picocli.CommandLine.Option;

/** What the user says of a network's shape where no file says it. */
final class ArchitectureOptions {

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

    /** {@code null} where it was not given. */
    String arch() {
        return arch;
    }

    void addTo(Flags flags) {
        flags.put("teacher.arch", "--arch", arch)
                .put("teacher.classes", "--classes", classes)
                .put("teacher.image-size", "--image-size", imageSize);
    }
}
