package io.aktnode.protocol.tensor;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Chooses where a media driver keeps its logs.
 *
 * <p>The directory is called {@code akt-node-NAMESPACE-PID-N}. The namespace is that of the process
 * ids, which mean nothing outside it: nodes of one host tell by the name whether they share a
 * driver, also where their containers each have a /dev/shm.
 */
final class MediaDirectory {

    /** The driver's counters, error and command buffers, beside the logs. */
    static final long DRIVER_BYTES = 16L * 1024 * 1024;

    private static final Logger LOG = LoggerFactory.getLogger(MediaDirectory.class);
    private static final String PREFIX = "akt-node-";
    private static final Path SHARED_MEMORY = Path.of("/dev/shm");

    private MediaDirectory() {}

    /**
     * Takes a new directory for one media driver, having swept those of dead ones.
     *
     * @return where the driver makes a directory of its own; the caller closes it
     * @throws IllegalStateException if there is no room
     */
    static PrivateDirectory take(DataPlaneConfig config) {
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

    static PrivateDirectory take(List<Path> parents, long needed, DataPlaneConfig config) {
        StringBuilder found = new StringBuilder();
        for (Path parent : parents) {
            PrivateDirectory directory = create(parent);
            directory.sweepBesides(PREFIX);
            long free = parent.toFile().getUsableSpace();
            if (free >= needed) {
                if (!found.isEmpty()) {
                    LOG.warn("media driver uses {}: {}", parent, remedy(needed, found, config));
                }
                return directory;
            }
            directory.close();
            found.append(found.isEmpty() ? "" : ", ")
                    .append(parent)
                    .append(" has ")
                    .append(megabytes(free));
        }
        throw new IllegalStateException(
                "no room for Aeron's logs: " + remedy(needed, found, config));
    }

    private static PrivateDirectory create(Path parent) {
        try {
            Files.createDirectories(parent);
            return PrivateDirectory.create(
                    parent, PREFIX + namespace() + "-" + ProcessHandle.current().pid() + "-");
        } catch (IOException e) {
            throw new UncheckedIOException("media driver directory " + parent, e);
        }
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
}
