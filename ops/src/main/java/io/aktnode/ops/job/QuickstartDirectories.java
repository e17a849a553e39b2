package io.aktnode.ops.job;

import io.aktnode.ops.config.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.util.Comparator;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** Where a quickstart goes that was not told where: {@code akt-quickstart}, {@code -2}, … */
final class QuickstartDirectories {

    private static final String NAME = "akt-quickstart";
    private static final Pattern NAMES = Pattern.compile(NAME + "(-[0-9]+)?");

    private final Path parent;

    QuickstartDirectories(Path parent) {
        this.parent = parent;
    }

    /** The first that is not there yet. */
    Path free() {
        Path directory = parent.resolve(NAME);
        for (int i = 2; Files.exists(directory); i++) {
            directory = parent.resolve(NAME + "-" + i);
        }
        return directory;
    }

    /**
     * The one with the newest checkpoint.
     *
     * @throws SettingsException if there is none
     */
    Path newest() {
        try (Stream<Path> all = Files.list(parent)) {
            return all.filter(path -> NAMES.matcher(path.getFileName().toString()).matches())
                    .filter(path -> Files.isDirectory(checkpoints(path)))
                    // Not by number: one that was deleted gives its number to the next.
                    .max(Comparator.comparing(QuickstartDirectories::lastCheckpoint))
                    .orElseThrow(
                            () ->
                                    new SettingsException(
                                            "there is no earlier quickstart here to resume; give"
                                                    + " --out DIR, or leave out --resume"));
        } catch (IOException e) {
            throw new SettingsException(
                    "no earlier quickstart can be looked for here (" + e + "); give --out DIR", e);
        }
    }

    private static FileTime lastCheckpoint(Path directory) {
        try {
            return Files.getLastModifiedTime(checkpoints(directory));
        } catch (IOException e) {
            // It was deleted meanwhile.
            return FileTime.fromMillis(0);
        }
    }

    private static Path checkpoints(Path directory) {
        return directory.resolve(QuantizationJob.CHECKPOINTS);
    }
}
