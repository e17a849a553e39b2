package io.aktnode.protocol.tensor;

import io.aeron.CommonContext;
import java.io.File;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import org.agrona.IoUtil;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses where a media driver keeps its logs, and sweeps what dead processes left there.
 *
 * <p>A directory is called {@code akt-node-NAMESPACE-PID-N}. The namespace is that of the process
 * ids: containers may share a /dev/shm, and a process id means nothing outside its own.
 */
final class MediaDirectory {

    /** The driver's counters, error and command buffers, beside the logs. */
    static final long DRIVER_BYTES = 16L * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(MediaDirectory.class);
    private static final String PREFIX = "akt-node-";
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");
    private static final AtomicInteger NEXT = new AtomicInteger();
    private static final Set<Path> OWN = ConcurrentHashMap.newKeySet();

    private MediaDirectory() {}

    /**
     * Takes a new directory, which does not exist yet, for one media driver.
     *
     * @throws IllegalStateException if there is no room
     */
    static Path take(DataPlaneConfig config) {
        long needed = neededBytes(config);
        List<Path> parents = new ArrayList<>();
        config.directory()
                .ifPresentOrElse(
                        parents::add,
                        () -> {
                            if (Files.isWritable(SHARED_MEMORY)) {
                                parents.add(SHARED_MEMORY);
                            }
                            parents.add(Path.of(System.getProperty("java.io.tmpdir")));
                        });
        return take(parents, needed, config);
    }

    /** Room the driver needs when all expected streams are open, bytes. */
    static long neededBytes(DataPlaneConfig config) {
        int logs = config.channel().startsWith("aeron:udp") ? 2 : 1;
        return DRIVER_BYTES + 3L * config.termBytes() * logs * config.expectedStreams();
    }

    static Path take(List<Path> parents, long needed, DataPlaneConfig config) {
        StringBuilder found = new StringBuilder();
        for (Path parent : parents) {
            try {
                Files.createDirectories(parent);
                sweep(parent, config.livenessTimeout().toMillis());
                long free = Files.getFileStore(parent).getUsableSpace();
                if (free >= needed) {
                    if (!found.isEmpty()) {
                        LOG.warn("media driver uses {}: {}", parent, remedy(needed, found, config));
                    }
                    Path directory = parent.resolve(name());
                    OWN.add(directory.toAbsolutePath());
                    return directory;
                }
                found.append(found.isEmpty() ? "" : ", ")
                        .append(parent)
                        .append(" has ")
                        .append(megabytes(free));
            } catch (IOException e) {
                throw new UncheckedIOException("media driver directory " + parent, e);
            }
        }
        throw new IllegalStateException(
                "no room for Aeron's logs: " + remedy(needed, found, config));
    }

    private static String remedy(long needed, CharSequence found, DataPlaneConfig config) {
        return found
                + " free, needed are "
                + megabytes(needed)
                + " (3 terms of "
                + config.termBytes()
                + " bytes for each log of "
                + config.expectedStreams()
                + " streams); enlarge it (docker --shm-size, a memory emptyDir on /dev/shm),"
                + " lower term-length, or set directory to another place";
    }

    private static String megabytes(long bytes) {
        return bytes / (1024 * 1024) + " MB";
    }

    private static String name() {
        return PREFIX
                + namespace()
                + "-"
                + ProcessHandle.current().pid()
                + "-"
                + NEXT.getAndIncrement();
    }

    /** Number of the namespace of process ids, 0 where there is no such thing. */
    private static String namespace() {
        try {
            String link = Files.readSymbolicLink(Path.of("/proc/self/ns/pid")).toString();
            String digits = link.replaceAll("[^0-9]", "");
            return digits.isEmpty() ? "0" : digits;
        } catch (IOException | UnsupportedOperationException e) {
            return "0";
        }
    }

    /** Deletes the directories whose processes are dead. */
    static void sweep(Path parent, long livenessTimeoutMs) throws IOException {
        try (DirectoryStream<Path> directories = Files.newDirectoryStream(parent, PREFIX + "*")) {
            for (Path directory : directories) {
                if (dead(directory, livenessTimeoutMs)) {
                    LOG.info("sweeping {} of a dead process", directory);
                    IoUtil.delete(directory.toFile(), true);
                }
            }
        }
    }

    private static boolean dead(Path directory, long livenessTimeoutMs) {
        String[] parts = directory.getFileName().toString().substring(PREFIX.length()).split("-");
        Optional<Long> pid = parts.length == 3 ? number(parts[1]) : Optional.empty();
        if (pid.isEmpty() || OWN.contains(directory.toAbsolutePath())) {
            return false;
        }
        if (parts[0].equals(namespace())) {
            // The same id, yet not taken by this process: it was an earlier one's, as pid 1 of a
            // restarted container.
            return pid.get() == ProcessHandle.current().pid()
                    || ProcessHandle.of(pid.get()).isEmpty();
        }
        return !driverActive(directory.toFile(), livenessTimeoutMs);
    }

    private static boolean driverActive(File directory, long livenessTimeoutMs) {
        try {
            return CommonContext.isDriverActive(
                    directory, livenessTimeoutMs, message -> LOG.debug("{}", message));
        } catch (RuntimeException e) {
            // Unreadable or of another Aeron: not ours to judge.
            return true;
        }
    }

    private static Optional<Long> number(String digits) {
        try {
            return Optional.of(Long.parseLong(digits));
        } catch (NumberFormatException e) {
            return Optional.empty();
        }
    }

    /** Deletes a directory that was taken, if its driver has not done so. */
    static void giveBack(Path directory) {
        IoUtil.delete(directory.toFile(), true);
        OWN.remove(directory.toAbsolutePath());
    }
}
