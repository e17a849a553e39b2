package io.aktnode.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Directories for the files of a fuzzed reader, gone when the process ends. */
final class Scratch {

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private Scratch() {}

    /** In memory where there is such a place: a million files are written. */
    static Path directory() {
        try {
            Path made =
                    Files.isWritable(SHARED_MEMORY)
                            ? Files.createTempDirectory(SHARED_MEMORY, "akt-fuzz")
                            : Files.createTempDirectory("akt-fuzz");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(made)));
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> content = Files.walk(directory)) {
            content.sorted(Comparator.reverseOrder()).forEach(path -> path.toFile().delete());
        } catch (IOException e) {
            System.err.println(directory + " is left over: " + e);
        }
    }
}
