package io.aktnode.ops.bench;

import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.nn.zoo.Architecture;
import io.aktnode.ops.config.SettingsException;
import io.aktnode.ops.config.SettingsReader;
import io.aktnode.ops.config.TeacherSettings;
import io.aktnode.ops.config.TrainingSettings;
import io.aktnode.ops.job.LayerWidths;
import io.aktnode.ops.job.Model;
import io.aktnode.ops.job.Models;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Maps the settings to what is measured. */
public final class BenchSettings {

    private static final String DEFAULT_ARCHITECTURE = "resnet20";
    private static final int DEFAULT_CLASSES = 10;
    private static final int DEFAULT_SIZE = 32;
    private static final Duration SHORTEST = Duration.ofMillis(100);

    private BenchSettings() {}

    /**
     * Training steps.
     *
     * @throws SettingsException naming the first setting that is wrong
     */
    public static BenchSpec steps(SettingsReader akt) {
        TrainingConfig training = TrainingSettings.read(akt);
        int window = akt.integer("window", 1, 64);
        int steps = akt.integer("bench.steps", 1, 100_000);
        int warmUp = akt.integer("bench.warm-up-steps", 0, 100_000);
        int cores = akt.integer("cores", 0, 4096);
        int every = akt.integer("checkpoint.every-steps", 0, Integer.MAX_VALUE);
        Model teacher = teacher(akt);
        LayerWidths.require(training.quantization(), teacher);
        return new BenchSpec(
                teacher,
                training,
                TrainingSettings.students(akt).stream().skip(1).toList(),
                window,
                cores > 0 ? cores : Runtime.getRuntime().availableProcessors(),
                warmUp > 0
                        ? Math.max(window, warmUp)
                        : BenchSpec.warmUpSteps(training.batchSize(), window),
                steps,
                every > 0 ? every : training.schedule().stepsPerEpoch());
    }

    /**
     * The file given; else an untrained network when one is described; else the embedded teacher.
     */
    private static Model teacher(SettingsReader akt) {
        TeacherSettings settings = TeacherSettings.read(akt);
        if (settings.file().isEmpty()) {
            boolean described =
                    settings.architecture().isPresent()
                            || settings.classes().isPresent()
                            || settings.imageSize().isPresent();
            return described ? untrained(settings) : embedded(settings);
        }
        Model teacher = Models.load(settings);
        if (teacher.quantization().isPresent()) {
            throw new SettingsException(
                    teacher.name()
                            + " is quantized already; give the float network it was made from");
        }
        return teacher;
    }

    private static Model embedded(TeacherSettings settings) {
        return Models.load(
                new TeacherSettings(
                        Optional.of(TeacherSettings.EMBEDDED),
                        Optional.empty(),
                        settings.classes(),
                        settings.imageSize(),
                        settings.normalization()));
    }

    private static Model untrained(TeacherSettings settings) {
        return untrained(
                settings.architecture().orElse(DEFAULT_ARCHITECTURE),
                settings.classes().orElse(DEFAULT_CLASSES),
                settings.imageSize().orElse(DEFAULT_SIZE));
    }

    static Model untrained(String architecture, int classes, int size) {
        try {
            return RandomTeacher.of(new Architecture(architecture, classes, size));
        } catch (IllegalArgumentException e) {
            throw new SettingsException(e.getMessage(), e);
        }
    }

    /** Tensor bytes of a frame of {@code --transport}. */
    public static int frameBytes(SettingsReader akt) {
        int bytes = akt.bytes("bench.frame-length");
        int most = akt.bytes("transport.max-frame-length");
        if (bytes < Float.BYTES || bytes > most) {
            throw akt.wrong(
                    "bench.frame-length",
                    "from 4 bytes to transport.max-frame-length, " + most,
                    null);
        }
        return bytes;
    }

    /** How long one channel is measured. */
    public static Duration transportTime(SettingsReader akt) {
        return time(akt, "bench.transport-time", Duration.ofMinutes(10), "0.1 s to 10 minutes");
    }

    /** After which {@code --scaling} begins no further case. */
    public static Duration scalingTime(SettingsReader akt) {
        return time(akt, "bench.scaling-time", Duration.ofDays(1), "0.1 s to a day");
    }

    private static Duration time(SettingsReader akt, String key, Duration most, String bounds) {
        Duration time = akt.duration(key);
        if (time.compareTo(SHORTEST) < 0 || time.compareTo(most) > 0) {
            throw akt.wrong(key, "from " + bounds, null);
        }
        return time;
    }

    /**
     * The directory that tables and plots of {@code --scaling} go to, made if it is not there.
     *
     * @throws SettingsException if there is none
     */
    public static Path out(SettingsReader akt) {
        Path out =
                akt.path("out")
                        .orElseThrow(
                                () ->
                                        new SettingsException(
                                                "there is nowhere to write to; give --out DIR"));
        try {
            return Files.createDirectories(out);
        } catch (IOException e) {
            throw new SettingsException(
                    "--out "
                            + out
                            + " cannot be made a directory ("
                            + e
                            + "); give another directory",
                    e);
        }
    }
}
