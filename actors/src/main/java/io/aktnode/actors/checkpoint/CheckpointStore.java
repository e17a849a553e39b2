package io.aktnode.actors.checkpoint;

import io.aktnode.nn.model.DurableFiles;
import io.aktnode.nn.model.ModelFileException;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.FileSystemException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.Predicate;
import java.util.regex.Pattern;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The checkpoints of one run, one directory each: {@code step-00000400/} with the roles'
 * safetensors files, the end of the run's journal and {@code manifest.json}.
 *
 * <p>A checkpoint is written under a temporary name, flushed to the device and renamed, so it is
 * there whole or not at all; damage after that shows in the hashes ({@code SHA256SUMS}). A damaged
 * one is passed over for the one before and never deleted. Kept are the last ones, and the last
 * healthy one. One thread; only one process may use a directory.
 */
public final class CheckpointStore {

    private static final Logger log = LoggerFactory.getLogger(CheckpointStore.class);
    private static final String PREFIX = "step-";
    private static final String TEMPORARY_PREFIX = ".writing-";
    private static final String COPY_PREFIX = ".copying-";
    private static final String DAMAGED_PREFIX = "damaged-";

    /** As many digits as any step can have. */
    private static final Pattern NAME = Pattern.compile(PREFIX + "\\d{8,18}");

    private final Path directory;
    private final int keep;
    private final Duration giveUpAfter;

    /** Why each checkpoint was passed over that was; one that was is never deleted. */
    private final Map<Path, String> damaged = new LinkedHashMap<>();

    private final List<String> untold = new ArrayList<>();

    /** Checkpoints after this step are given up, but could not be removed yet. */
    private OptionalLong givenUpAfter = OptionalLong.empty();

    /**
     * @param directory holds the checkpoints; made when the first one is
     * @param keep how many of the last ones are kept
     * @param giveUpAfter how long a run may go on while none can be saved
     */
    public CheckpointStore(Path directory, int keep, Duration giveUpAfter) {
        this.directory = directory.toAbsolutePath();
        this.keep = keep;
        this.giveUpAfter = giveUpAfter;
    }

    /** That of a run, within the run's directory. */
    public static CheckpointStore of(Path run, int keep, Duration giveUpAfter) {
        return new CheckpointStore(run.resolve("checkpoints"), keep, giveUpAfter);
    }

    /** How long a run may go on while no checkpoint can be saved. */
    public Duration giveUpAfter() {
        return giveUpAfter;
    }

    /** Removes what an earlier process began to write or to remove and did not end. */
    public void clean() {
        try {
            if (Files.isDirectory(directory)) {
                removeAll(TEMPORARY_PREFIX);
                removeAll(COPY_PREFIX);
            }
        } catch (IOException e) {
            log.warn("cannot clean up {} ({})", directory, reason(e));
        }
    }

    /**
     * An empty directory into which the roles write their files before {@link #commit}.
     *
     * @throws CheckpointException if there cannot be one; what was saved before is untouched
     */
    public Path begin(long step) {
        try {
            Files.createDirectories(directory);
            removeAll(TEMPORARY_PREFIX);
            if (givenUpAfter.isPresent()) {
                removeNewerThan(givenUpAfter.getAsLong());
                givenUpAfter = OptionalLong.empty();
            }
            return Files.createDirectory(writing(step));
        } catch (IOException e) {
            throw new CheckpointException(
                    "cannot write a checkpoint to "
                            + directory
                            + " ("
                            + reason(e)
                            + "); free space there or make it writable",
                    e);
        }
    }

    /** Removes what {@link #begin} began; what cannot be removed is left for the next time. */
    public void abandon(long step) {
        try {
            if (Files.exists(writing(step))) {
                remove(writing(step));
            }
        } catch (IOException e) {
            log.warn("cannot remove {} ({})", writing(step), reason(e));
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
        try {
            ManifestFile.write(temporary, manifest);
        } catch (IOException | ModelFileException e) {
            throw incomplete(manifest.step(), e);
        }
        return install(temporary, manifest);
    }

    /** Renames a whole checkpoint to where it counts and removes those no longer needed. */
    Checkpoint install(Path temporary, Manifest manifest) {
        Path complete = complete(manifest.step());
        try {
            if (Files.exists(complete)) {
                // The run has been back behind this step; a directory cannot be renamed over it.
                remove(complete);
            }
            Files.move(temporary, complete, StandardCopyOption.ATOMIC_MOVE);
            DurableFiles.forceDirectory(directory);
        } catch (IOException e) {
            throw incomplete(manifest.step(), e);
        }
        try {
            prune();
        } catch (IOException e) {
            log.warn("cannot remove old checkpoints from {} ({})", directory, reason(e));
        }
        return new Checkpoint(complete, manifest);
    }

    private CheckpointException incomplete(long step, Exception e) {
        return new CheckpointException(
                "cannot complete the checkpoint "
                        + complete(step)
                        + " ("
                        + reason(e)
                        + "); free space there or make it writable",
                e);
    }

    /** An empty directory for a copy, so named that nobody takes it for anything else. */
    Path beginCopy(long step) throws IOException {
        Files.createDirectories(directory);
        removeAll(COPY_PREFIX);
        return Files.createDirectory(directory.resolve(COPY_PREFIX + name(step)));
    }

    /** The directory of a checkpoint of this step, if it is complete. */
    Path complete(long step) {
        return directory.resolve(name(step));
    }

    /** Where all of them lie. */
    public Path directory() {
        return directory;
    }

    static String reason(Exception e) {
        return e instanceof FileSystemException failed && failed.getReason() != null
                ? failed.getReason()
                : e.toString();
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
        Optional<Checkpoint> found = newest();
        found.ifPresent(checkpoint -> Settings.requireSame(checkpoint, settings));
        return found;
    }

    /** The newest intact checkpoint, healthy or not. */
    public Optional<Checkpoint> newest() {
        return newestIntact(List.of(manifest -> true));
    }

    /**
     * The newest intact checkpoint of a state that was not in doubt; where none as old is kept, the
     * newest that was healthy when it was taken.
     *
     * @param doubtfulSince the first step nothing is to be kept of; {@link Long#MAX_VALUE} while
     *     there is none
     */
    public Optional<Checkpoint> sound(long doubtfulSince) {
        return newestIntact(
                List.of(manifest -> manifest.step() <= doubtfulSince, Manifest::healthy));
    }

    /**
     * @param wanted the next is asked only if nothing is found by the one before
     * @throws CheckpointException if every one is damaged; others may be of use to another wish
     */
    private Optional<Checkpoint> newestIntact(List<Predicate<Manifest>> wanted) {
        String firstProblem = null;
        boolean unwanted = false;
        List<Path> candidates = directories().stream().filter(this::notGivenUp).toList();
        for (Predicate<Manifest> preference : wanted) {
            for (Path candidate : candidates) {
                try {
                    Manifest manifest = ManifestFile.read(candidate, stepOf(candidate));
                    if (!preference.test(manifest)) {
                        unwanted = true;
                        continue;
                    }
                    ManifestFile.verify(candidate, manifest);
                    damaged.remove(candidate);
                    return Optional.of(new Checkpoint(candidate, manifest));
                } catch (CheckpointException e) {
                    passOver(candidate, e.getMessage());
                    firstProblem = firstProblem == null ? e.getMessage() : firstProblem;
                }
            }
        }
        if (firstProblem != null && !unwanted) {
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

    private boolean notGivenUp(Path checkpoint) {
        return givenUpAfter.isEmpty() || stepOf(checkpoint) <= givenUpAfter.getAsLong();
    }

    private void passOver(Path checkpoint, String why) {
        if (!why.equals(damaged.put(checkpoint, why))) {
            log.warn("{}; it is passed over for the one before", why);
            untold.add(why);
        }
    }

    /** Which checkpoints were passed over since this was last asked, and why; one sentence each. */
    public List<String> takePassedOver() {
        List<String> told = List.copyOf(untold);
        untold.clear();
        return told;
    }

    /**
     * Removes the checkpoints after a step, when the run has gone back to it. Where that cannot be
     * done now it is before the next one is written.
     */
    public void removeAfter(long step) {
        try {
            removeNewerThan(step);
        } catch (IOException e) {
            log.warn("cannot remove checkpoints from {} yet ({})", directory, reason(e));
            givenUpAfter = OptionalLong.of(step);
        }
    }

    private void removeNewerThan(long step) throws IOException {
        for (Path checkpoint : directories()) {
            if (stepOf(checkpoint) > step) {
                remove(checkpoint);
            }
        }
    }

    private void prune() throws IOException {
        List<Path> all =
                directories().stream().filter(found -> !damaged.containsKey(found)).toList();
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
            return ManifestFile.read(checkpoint, stepOf(checkpoint)).healthy();
        } catch (CheckpointException e) {
            return false;
        }
    }

    /** Complete checkpoints, newest first. */
    List<Path> directories() {
        try (Stream<Path> entries = Files.list(directory)) {
            return entries.filter(entry -> NAME.matcher(entry.getFileName().toString()).matches())
                    .sorted(Comparator.comparingLong(CheckpointStore::stepOf).reversed())
                    .toList();
        } catch (NoSuchFileException none) {
            return List.of();
        } catch (IOException | UncheckedIOException e) {
            // Never taken for "none": the run would begin anew over what is there.
            throw new CheckpointException(
                    "cannot list "
                            + directory
                            + " ("
                            + reason(e)
                            + "); it must be a directory that may be read",
                    e);
        }
    }

    static long stepOf(Path checkpoint) {
        return Long.parseLong(checkpoint.getFileName().toString().substring(PREFIX.length()));
    }

    /** A name that nothing in the directory has yet. */
    private Path free(String name) {
        Path path = directory.resolve(name);
        for (int i = 2; Files.exists(path); i++) {
            path = directory.resolve(name + "-" + i);
        }
        return path;
    }

    static String name(long step) {
        return String.format("%s%08d", PREFIX, step);
    }

    private void removeAll(String prefix) throws IOException {
        List<Path> leftovers = new ArrayList<>();
        try (Stream<Path> entries = Files.list(directory)) {
            entries.filter(entry -> entry.getFileName().toString().startsWith(prefix))
                    .forEach(leftovers::add);
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path leftover : leftovers) {
            remove(leftover);
        }
    }

    /**
     * The rename comes first: a removal cut short must not leave something that looks complete. A
     * damaged one is only set aside: somebody may want to know what happened to it.
     */
    void remove(Path checkpoint) throws IOException {
        if (damaged.remove(checkpoint) != null) {
            Path aside = free(DAMAGED_PREFIX + checkpoint.getFileName());
            Files.move(checkpoint, aside, StandardCopyOption.ATOMIC_MOVE);
            log.warn("the damaged {} is kept as {}; delete it at will", checkpoint, aside);
            return;
        }
        Path doomed = checkpoint;
        if (NAME.matcher(checkpoint.getFileName().toString()).matches()) {
            doomed = directory.resolve(TEMPORARY_PREFIX + "removed-" + checkpoint.getFileName());
            Files.move(checkpoint, doomed, StandardCopyOption.ATOMIC_MOVE);
        }
        List<Path> content;
        try (Stream<Path> walk = Files.walk(doomed)) {
            content = walk.sorted(Comparator.reverseOrder()).toList();
        } catch (UncheckedIOException e) {
            throw e.getCause();
        }
        for (Path path : content) {
            Files.delete(path);
        }
    }
}
