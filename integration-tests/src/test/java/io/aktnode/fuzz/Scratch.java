package io.aktnode.fuzz;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.stream.Stream;

/** Directories for the files of a fuzzed reader, gone when the process ends. */
final class Scratch {

    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private static final String PREFIX = "akt-fuzz-";

    private Scratch() {}

    /** In memory where there is such a place: a million files are written. */
    static Path directory() {
        try {
            Path parent =
                    Files.isWritable(SHARED_MEMORY)
                            ? SHARED_MEMORY
                            : Path.of(System.getProperty("java.io.tmpdir"));
            sweep(parent);
            Path made =
                    Files.createTempDirectory(parent, PREFIX + ProcessHandle.current().pid() + "-");
            Runtime.getRuntime().addShutdownHook(new Thread(() -> delete(made)));
            return made;
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    /** A process that was halted has left its directory. */
    private static void sweep(Path parent) throws IOException {
        try (DirectoryStream<Path> all = Files.newDirectoryStream(parent, PREFIX + "[0-9]*-*")) {
            for (Path directory : all) {
                String pid = directory.getFileName().toString().split("-")[2];
                if (ProcessHandle.of(Long.parseLong(pid)).isEmpty()) {
                    delete(directory);
                }
            }
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
