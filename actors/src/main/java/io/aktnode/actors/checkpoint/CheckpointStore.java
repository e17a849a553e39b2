package io.aktnode.actors.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.aktnode.nn.model.DurableFiles;
import io.aktnode.nn.model.ModelFileException;
import io.aktnode.nn.model.Safetensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one run, one directory each: {@code step-00000400/} with the roles'
 * safetensors files and {@code manifest.json}.
 *
 * <p>A checkpoint is written under a temporary name, flushed to the device and renamed, so it is
 * there whole or not at all; damage after that shows in the hashes. Kept are the last ones, and the
 * last healthy one. One thread; only one process may use a directory.
 */
public final class CheckpointStore {

    private static final Logger log = LoggerFactory.getLogger(CheckpointStore.class);
    private static final String PREFIX = "step-";
    private static final String TEMPORARY_PREFIX = ".writing-";
    private static final String MANIFEST = "manifest.json";
    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    private final Path directory;
    private final int keep;

    /**
     * @param directory holds the checkpoints; made when the first one is
     * @param keep how many of the last ones are kept
     */
    public CheckpointStore(Path directory, int keep) {
        this.directory = directory.toAbsolutePath();
        this.keep = keep;
    }

    /** An empty directory into which the roles write their files before {@link #commit}. */
    public Path begin(long step) {
        try {
            Files.createDirectories(directory);
            removeTemporaries();
            return Files.createDirectory(writing(step));
        } catch (IOException e) {
            throw new CheckpointException("cannot write a checkpoint to " + directory, e);
        }
    }

    /** The directory of a checkpoint that was begun and is not complete. */
    public Path writing(long step) {
        return directory.resolve(TEMPORARY_PREFIX + name(step));
    }

    /**
     * Completes what {@link #begin} began and removes those no longer needed. The roles' files are
     * already flushed.
     */
    public Checkpoint commit(Manifest manifest) {
        Path temporary = writing(manifest.step());
        Path complete = directory.resolve(name(manifest.step()));
        try {
            byte[] json = JSON.writeValueAsString(manifest).getBytes(StandardCharsets.UTF_8);
            DurableFiles.replace(temporary.resolve(MANIFEST), json);
            DurableFiles.forceDirectory(temporary);
            if (Files.exists(complete)) {
                // The run has been back behind this step; a directory cannot be renamed over it.
                remove(complete);
            }
            Files.move(temporary, complete, StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.forceDirectory(directory);
            Checkpoint checkpoint = new Checkpoint(complete, manifest);
            prune();
            return checkpoint;
        } catch (IOException e) {
            throw new CheckpointException("cannot complete the checkpoint " + complete, e);
        }
    }

    /** Whether there is any checkpoint, intact or not. */
    public boolean isEmpty() {
        return directories().isEmpty();
    }

    /**
     * The newest checkpoint whose files have the hashes they were written with; empty if there is
     * none at all.
     *
     * @param settings what the run is to continue with
     * @throws CheckpointException if it was made with other settings, or if there are checkpoints
     *     but every one is damaged
     */
    public Optional<Checkpoint> newest(Map<String, String> settings) {
        Optional<Checkpoint> found = newestIntact(false);
        found.ifPresent(checkpoint -> Settings.requireSame(checkpoint, settings));
        return found;
    }

    /** The newest intact checkpoint, healthy or not. */
    public Optional<Checkpoint> newest() {
        return newestIntact(false);
    }

    /** The newest intact checkpoint that was healthy when it was taken. */
    public Optional<Checkpoint> lastHealthy() {
        return newestIntact(true);
    }

    private Optional<Checkpoint> newestIntact(boolean healthyOnly) {
        String firstProblem = null;
        List<Path> candidates = directories();
        for (Path candidate : candidates) {
            try {
                Manifest manifest = readManifest(candidate);
                if (healthyOnly && !manifest.healthy()) {
                    continue;
                }
                verify(candidate, manifest);
                return Optional.of(new Checkpoint(candidate, manifest));
            } catch (CheckpointException damaged) {
                log.warn("{}; trying the one before", damaged.getMessage());
                firstProblem = firstProblem == null ? damaged.getMessage() : firstProblem;
            }
        }
        if (firstProblem != null) {
            throw new CheckpointException(
                    "no usable checkpoint among the "
                            + candidates.size()
                            + " in "
                            + directory
                            + ": "
                            + firstProblem
                            + "; restore them from a copy, or begin anew in another directory");
        }
        return Optional.empty();
    }

    private static Manifest readManifest(Path checkpoint) {
        try {
            Manifest manifest =
                    JSON.readValue(Files.readString(checkpoint.resolve(MANIFEST)), Manifest.class);
            if (manifest.format() != Manifest.FORMAT) {
                throw new CheckpointException(
                        checkpoint
                                + " has format "
                                + manifest.format()
                                + ", this version reads "
                                + Manifest.FORMAT);
            }
            return manifest;
        } catch (JsonProcessingException e) {
            throw new CheckpointException(
                    checkpoint + " is damaged: " + MANIFEST + " is no manifest", e);
        } catch (IOException e) {
            throw new CheckpointException(
                    checkpoint + " is damaged: " + MANIFEST + " cannot be read (" + e + ")", e);
        }
    }

    private static void verify(Path checkpoint, Manifest manifest) {
        manifest.files()
                .forEach(
                        (name, hash) -> {
                            String actual;
                            try {
                                actual = Safetensors.sha256(checkpoint.resolve(name));
                            } catch (ModelFileException e) {
                                throw new CheckpointException(
                                        checkpoint + " is damaged: " + e.getMessage(), e);
                            }
                            if (!actual.equals(hash)) {
                                throw new CheckpointException(
                                        checkpoint
                                                + " is damaged: "
                                                + name
                                                + " has SHA-256 "
                                                + actual
                                                + ", the manifest says "
                                                + hash);
                            }
                        });
    }

    /** Removes the checkpoints after a step, when the run has gone back to it. */
    public void removeAfter(long step) {
        try {
            for (Path checkpoint : directories()) {
                if (stepOf(checkpoint) > step) {
                    remove(checkpoint);
                }
            }
        } catch (IOException e) {
            throw new CheckpointException("cannot remove checkpoints from " + directory, e);
        }
    }

    private void prune() throws IOException {
        List<Path> all = directories();
        boolean healthySeen = false;
        for (int i = 0; i < all.size(); i++) {
            boolean healthy = !healthySeen && healthy(all.get(i));
            healthySeen |= healthy;
            if (i >= keep && !healthy) {
                remove(all.get(i));
            }
        }
    }

    private static boolean healthy(Path checkpoint) {
        try {
            return readManifest(checkpoint).healthy();
        } catch (CheckpointException damaged) {
            return false;
        }
    }

    /** Complete checkpoints, newest first. */
    private List<Path> directories() {
        if (!Files.isDirectory(directory)) {
            return List.of();
        }
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> entry.getFileName().toString().matches("step-\\d+"))
                    .sorted(Comparator.comparingLong(CheckpointStore::stepOf).reversed())
                    .toList();
        } catch (IOException e) {
            throw new CheckpointException("cannot list " + directory, e);
        }
    }

    private static long stepOf(Path checkpoint) {
        return Long.parseLong(checkpoint.getFileName().toString().substring(PREFIX.length()));
    }

    static String name(long step) {
        return String.format("%s%08d", PREFIX, step);
    }

    private void removeTemporaries() throws IOException {
        List<Path> leftovers = new ArrayList<>();
        try (Stream<Path> entries = Files.list(directory)) {
            entries.filter(entry -> entry.getFileName().toString().startsWith(TEMPORARY_PREFIX))
                    .forEach(leftovers::add);
        }
        for (Path leftover : leftovers) {
            remove(leftover);
        }
    }

    /** The rename comes first: a removal cut short must not leave something that looks complete. */
    private void remove(Path checkpoint) throws IOException {
        Path doomed = checkpoint;
        if (!checkpoint.getFileName().toString().startsWith(TEMPORARY_PREFIX)) {
            doomed = directory.resolve(TEMPORARY_PREFIX + "removed-" + checkpoint.getFileName());
            Files.move(checkpoint, doomed, StandardCopyOption.ATOMIC_MOVE);
        }
        List<Path> content;
        try (Stream<Path> walk = Files.walk(doomed)) {
            content = walk.sorted(Comparator.reverseOrder()).toList();
        }
        for (Path path : content) {
            Files.delete(path);
        }
    }
}
