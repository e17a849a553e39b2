package io.aktnode.ops.bench;

import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.nn.zoo.Architecture;
import io.aktnode.ops.config.SettingsException;
import io.aktnode.ops.config.SettingsReader;
import io.aktnode.ops.config.TeacherSettings;
import io.aktnode.ops.config.TrainingSettings;
import io.aktnode.ops.job.Model;
import io.aktnode.ops.job.Models;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Optional;

/** Maps the settings to what is measured. */
public final class BenchSettings {

    private static final String DEFAULT_ARCHITECTURE = "resnet20";
    private static final int DEFAULT_CLASSES = 10;
    private static final int DEFAULT_SIZE = 32;

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
        return new BenchSpec(
                teacher(akt),
                training,
                window,
                cores > 0 ? cores : Runtime.getRuntime().availableProcessors(),
                warmUp > 0
                        ? Math.max(window, warmUp)
                        : BenchSpec.warmUpSteps(training.batchSize(), window),
                steps,
                every > 0 ? every : training.schedule().stepsPerEpoch());
    }

    /** The file given, else an untrained network of the architecture given, else the embedded. */
    private static Model teacher(SettingsReader akt) {
        TeacherSettings settings = TeacherSettings.read(akt);
        if (settings.file().isEmpty()) {
            boolean there = Models.class.getResource("teacher.safetensors") != null;
            return settings.architecture().isPresent() || !there
                    ? untrained(settings)
                    : embedded(settings);
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
        Duration time = akt.duration("bench.transport-time");
        if (time.compareTo(Duration.ofMillis(100)) < 0
                || time.compareTo(Duration.ofMinutes(10)) > 0) {
            throw akt.wrong("bench.transport-time", "from 0.1 s to 10 minutes", null);
        }
        return time;
    }

    /** Where the tables and plots of {@code --scaling} go. */
    public static Path out(SettingsReader akt) {
        return akt.path("out")
                .orElseThrow(
                        () ->
                                new SettingsException(
                                        "there is nowhere to write to; give --out DIR"));
    }
}
