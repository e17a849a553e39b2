package io.aktnode.ops.config;

import io.aktnode.nn.data.Normalization;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * What the user says of a model file; the file's own metadata fill in what is absent.
 *
 * @param file absent when none was given; {@link #EMBEDDED} for the teacher in the jar
 */
public record TeacherSettings(
        Optional<Path> file,
        Optional<String> architecture,
        OptionalInt classes,
        OptionalInt imageSize,
        Optional<Normalization> normalization) {

    /** Given instead of a path: the teacher that comes with the program. */
    public static final Path EMBEDDED = Path.of("embedded");

    public static final int MOST_CLASSES = 100_000;

    /** Of an image's side. */
    public static final int MOST_PIXELS = 4096;

    /**
     * @throws SettingsException naming the first setting that is wrong
     */
    public static TeacherSettings read(SettingsReader akt) {
        return new TeacherSettings(
                akt.path("teacher.file"),
                akt.given("teacher.arch"),
                aboveZero(akt.integer("teacher.classes", 0, MOST_CLASSES)),
                aboveZero(akt.integer("teacher.image-size", 0, MOST_PIXELS)),
                normalization(akt));
    }

    private static OptionalInt aboveZero(int value) {
        return value > 0 ? OptionalInt.of(value) : OptionalInt.empty();
    }

    private static Optional<Normalization> normalization(SettingsReader akt) {
        List<Double> mean = akt.numbers("teacher.mean");
        List<Double> std = akt.numbers("teacher.std");
        if (mean.isEmpty() && std.isEmpty()) {
            return Optional.empty();
        }
        if (mean.size() != 3) {
            throw akt.wrong("teacher.mean", "three numbers for R, G, B, given with std", null);
        }
        if (std.size() != 3 || std.stream().anyMatch(value -> !(value > 0))) {
            throw akt.wrong(
                    "teacher.std", "three numbers above 0 for R, G, B, given with mean", null);
        }
        return Optional.of(new Normalization(mean, std));
    }
}
