package io.aktnode.it.campaign;

import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.ModelFileException;
import io.aktnode.nn.model.Safetensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.locks.LockSupport;
import java.util.stream.Stream;

/**
 * Reads every complete checkpoint as it appears, and the students at the end, looking for weights
 * that are not finite. A thread of its own looks.
 */
final class SavedStates implements AutoCloseable {

    private static final long POLL_NS = Duration.ofMillis(100).toNanos();

    private final Path out;
    private final Map<Path, FileTime> seen = new HashMap<>();
    private final List<String> broken = new ArrayList<>();
    private final Thread watcher = new Thread(this::watch, "saved-states");
    private volatile boolean closed;
    private int read;

    SavedStates(Path out) {
        this.out = out;
        watcher.setDaemon(true);
        watcher.start();
    }

    private void watch() {
        while (!closed) {
            look();
            LockSupport.parkNanos(POLL_NS);
        }
    }

    private synchronized void look() {
        try (Stream<Path> files = Files.isDirectory(out) ? Files.walk(out) : Stream.empty()) {
            for (Path file : files.filter(SavedStates::complete).toList()) {
                FileTime time = Files.getLastModifiedTime(file);
                if (!time.equals(seen.put(file, time))) {
                    check(file);
                }
            }
        } catch (IOException | UncheckedIOException e) {
            // Removed while it was looked at: old checkpoints are.
        }
    }

    private static boolean complete(Path file) {
        return file.toString().endsWith(".safetensors") && !file.toString().contains(".writing-");
    }

    private void check(Path file) {
        try {
            Safetensors.read(file)
                    .arrays()
                    .forEach(
                            (name, array) -> {
                                if (!finite(array)) {
                                    broken.add(file + ": " + name);
                                }
                            });
            read++;
        } catch (ModelFileException e) {
            // Removed meanwhile, or damaged on purpose: then it cannot be loaded either.
        }
    }

    private static boolean finite(FloatArray array) {
        for (float value : array.values()) {
            if (!Float.isFinite(value)) {
                return false;
            }
        }
        return true;
    }

    /** Files and arrays with non-finite values so far. */
    synchronized List<String> broken() {
        look();
        return List.copyOf(broken);
    }

    /** Files read so far. */
    synchronized int read() {
        return read;
    }

    @Override
    public void close() {
        closed = true;
        try {
            watcher.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
