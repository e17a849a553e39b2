package io.aktnode.ops.job;

import io.aktnode.nn.data.Augmentation;
import io.aktnode.nn.data.ImageSet;
import io.aktnode.nn.data.ImageSets;
import io.aktnode.nn.data.Normalization;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.pretraining.PretrainingConfig;
import io.aktnode.nn.pretraining.TeacherTraining;
import io.aktnode.nn.zoo.Architecture;
import io.aktnode.ops.config.SettingsException;
import io.aktnode.ops.config.SettingsReader;
import io.aktnode.ops.config.TeacherSettings;
import java.nio.file.Path;
import java.util.Optional;

/** Trains a float teacher on labelled images and measures it on others. */
public final class TeacherJob {

    private static final String DEFAULT_ARCHITECTURE = "resnet20";
    private static final int PADDING = 4;
    private static final long DRAWN_TRAIN_SEED = 1;
    private static final int HELD_BACK = 10;

    private final Architecture architecture;
    private final PretrainingConfig config;
    private final ImageSet train;
    private final ImageSet test;
    private final Normalization normalization;
    private final int cores;

    /**
     * Reads settings and images.
     *
     * @throws SettingsException for a setting that is wrong
     */
    public TeacherJob(SettingsReader akt) {
        Optional<Path> data = akt.path("train-teacher.data");
        int classes = akt.integer("teacher.classes", 0, TeacherSettings.MOST_CLASSES);
        if (data.isEmpty()) {
            train = Evaluations.drawn(akt, "train-teacher.drawn-train-images", DRAWN_TRAIN_SEED);
            test = Evaluations.drawn(akt);
        } else {
            if (classes == 0) {
                throw new SettingsException(
                        "--data "
                                + data.get()
                                + " needs to know its number of classes; give"
                                + " --classes N");
            }
            ImageSet all = square(data.get(), ImageSets.read(data.get(), classes));
            Optional<Path> tests = akt.path("train-teacher.test-data");
            train =
                    tests.isPresent()
                            ? all
                            : ImageSubsets.where(all, index -> index % HELD_BACK != 0);
            test =
                    tests.map(path -> ImageSets.read(path, classes, all.height(), all.width()))
                            .orElseGet(
                                    () -> ImageSubsets.where(all, index -> index % HELD_BACK == 0));
        }
        try {
            architecture =
                    new Architecture(
                            akt.given("teacher.arch").orElse(DEFAULT_ARCHITECTURE),
                            train.classNames().size(),
                            train.height());
            config =
                    new PretrainingConfig(
                            akt.integer("train-teacher.epochs", 1, 100_000),
                            akt.integer("train-teacher.batch", 2, 65_536),
                            akt.integer("shards", 1, 4096),
                            akt.number("train-teacher.learning-rate"),
                            akt.number("student.momentum"),
                            akt.number("student.weight-decay"),
                            new Augmentation(PADDING, akt.flag("train-teacher.mirror")),
                            akt.wide("train-teacher.seed"));
        } catch (IllegalArgumentException e) {
            throw new SettingsException(e.getMessage(), e);
        }
        normalization = ImageSubsets.statistics(train);
        cores = Evaluations.cores(akt);
    }

    /** The networks know one size: rows of another length would be read as sheared images. */
    private static ImageSet square(Path data, ImageSet images) {
        if (images.height() != images.width()) {
            throw new SettingsException(
                    "--data "
                            + data
                            + " holds images of "
                            + images.height()
                            + "x"
                            + images.width()
                            + " pixels (height x width), expected as many rows as columns; crop or"
                            + " scale them");
        }
        return images;
    }

    /** For people: what will be done. */
    public String description() {
        return architecture.name()
                + ", "
                + architecture.classes()
                + " classes, on "
                + train.size()
                + " images of "
                + train.height()
                + "x"
                + train.width()
                + ", "
                + config.epochs()
                + " epochs, "
                + cores
                + " threads";
    }

    public int stepsPerEpoch() {
        return train.size() / config.batchSize();
    }

    public int epochs() {
        return config.epochs();
    }

    /**
     * What came out of it.
     *
     * @param top1 on images it was not trained on, percent
     */
    public record Trained(double top1, int testImages) {}

    /** Trains and writes the model with all that is needed to use it. */
    public Trained run(Path file, TeacherTraining.Progress progress) {
        try (ComputePool pool = new ComputePool(cores)) {
            Model model =
                    new Model(
                            file.getFileName().toString(),
                            new TeacherTraining(architecture, config, train, normalization, pool)
                                    .run(progress),
                            architecture,
                            normalization,
                            Optional.empty());
            Models.write(model, file);
            return new Trained(new Measure(pool, test).top1(model), test.size());
        }
    }
}
