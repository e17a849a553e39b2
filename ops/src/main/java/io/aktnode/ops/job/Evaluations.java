package io.aktnode.ops.job;

import io.aktnode.nn.data.DrawnImages;
import io.aktnode.nn.data.ImageSet;
import io.aktnode.nn.data.ImageSets;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.zoo.Architecture;
import io.aktnode.ops.config.SettingsException;
import io.aktnode.ops.config.SettingsReader;
import io.aktnode.ops.config.TeacherSettings;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Set;

/** The images accuracy is reported on, and the accuracy of one model on them. */
public final class Evaluations {

    /** Given instead of a path: the drawn test images. */
    private static final String DRAWN = "drawn";

    /** Given instead of a path: the drawn test images for the teacher that was made for them. */
    private static final String AUTO = "auto";

    private static final long DRAWN_TEST_SEED = 2;
    private static final int MOST_DRAWN = 1_000_000;

    private Evaluations() {}

    /** What {@code evaluate} reports. */
    public record Accuracy(double top1, int images) {}

    /** The images of {@code evaluation.path}; empty when there are none. */
    static Optional<ImageSet> images(SettingsReader akt, Architecture architecture) {
        String given = akt.text("evaluation.path");
        if (given.equals(AUTO) && !isEmbedded(akt)) {
            return Optional.empty();
        }
        if (given.equals(AUTO) || given.equals(DRAWN)) {
            return Optional.of(fitting(drawn(akt), architecture));
        }
        Optional<Path> path = akt.path("evaluation.path");
        return path.map(
                place ->
                        ImageSets.read(
                                place,
                                architecture.classes(),
                                architecture.size(),
                                architecture.size()));
    }

    private static boolean isEmbedded(SettingsReader akt) {
        return akt.path("teacher.file").filter(TeacherSettings.EMBEDDED::equals).isPresent();
    }

    private static ImageSet fitting(ImageSet drawn, Architecture teacher) {
        int classes = drawn.classNames().size();
        int size = drawn.height();
        if (teacher.classes() != classes || teacher.size() != size) {
            throw new SettingsException(
                    "the drawn images have "
                            + classes
                            + " classes and "
                            + size
                            + "x"
                            + size
                            + " pixels, the teacher has "
                            + teacher.classes()
                            + " and "
                            + teacher.size()
                            + "x"
                            + teacher.size()
                            + "; give --eval PATH with images of its own, or evaluation.path = \"\""
                            + " for none");
        }
        return drawn;
    }

    /** Whether the images the settings name are on this machine; also if they name none. */
    static boolean areHere(SettingsReader akt) {
        return Set.of(DRAWN, AUTO).contains(akt.text("evaluation.path"))
                || akt.path("evaluation.path").map(Files::exists).orElse(true);
    }

    /** The drawn test images: another seed than the drawn training images. */
    static ImageSet drawn(SettingsReader akt) {
        return drawn(akt, "train-teacher.drawn-test-images", DRAWN_TEST_SEED);
    }

    /**
     * Drawn images, as many as a setting says.
     *
     * @throws SettingsException if that is not the same number of each class
     */
    static ImageSet drawn(SettingsReader akt, String key, long seed) {
        int count = akt.integer(key, DrawnImages.classes(), MOST_DRAWN);
        if (count % DrawnImages.classes() != 0) {
            throw akt.wrong(
                    key,
                    "a multiple of " + DrawnImages.classes() + ", as many images of each class",
                    null);
        }
        return DrawnImages.draw(count, seed);
    }

    /** Accuracy of a model on the images the settings name. */
    public static Accuracy top1(Model model, SettingsReader akt) {
        ImageSet images =
                images(akt, model.architecture())
                        .orElseThrow(
                                () ->
                                        new SettingsException(
                                                "there are no images to evaluate on; give --eval"
                                                        + " PATH (a CIFAR binary or a folder of class"
                                                        + " folders)"));
        try (ComputePool pool = new ComputePool(cores(akt))) {
            return new Accuracy(new Measure(pool, images).top1(model), images.size());
        }
    }

    /** Compute threads: as set, else one for each core. */
    static int cores(SettingsReader akt) {
        int cores = akt.integer("cores", 0, 4096);
        return cores > 0 ? cores : Runtime.getRuntime().availableProcessors();
    }
}
