package io.aktnode.it.campaign;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Stream;

/**
 * What a process takes of its machine, as Linux shows it under {@code /proc}.
 *
 * @param rssKb resident memory, KB
 * @param files open ones, sockets included
 */
record Vitals(long pid, long rssKb, long threads, long files) {

    private static final long KB = 1024;

    /**
     * @throws IOException if there is no such process any more
     */
    static Vitals of(long pid) throws IOException {
        Path process = Path.of("/proc/" + pid);
        long rssKb = 0;
        long threads = 0;
        for (String line : Files.readAllLines(process.resolve("status"))) {
            if (line.startsWith("VmRSS:")) {
                rssKb = number(line);
            } else if (line.startsWith("Threads:")) {
                threads = number(line);
            }
        }
        try (Stream<Path> files = Files.list(process.resolve("fd"))) {
            return new Vitals(pid, rssKb, threads, files.count());
        }
    }

    private static long number(String line) {
        return Long.parseLong(line.replaceAll("\\D", ""));
    }

    /** Of all files below a directory, KB. */
    static long sizeKb(Path directory) throws IOException {
        try (Stream<Path> files = Files.walk(directory)) {
            return files.filter(Files::isRegularFile).mapToLong(Vitals::bytes).sum() / KB;
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
    }

    /** A file that is removed meanwhile has none. */
    private static long bytes(Path file) {
        try {
            return Files.size(file);
        } catch (IOException e) {
            return 0;
        }
    }
}
