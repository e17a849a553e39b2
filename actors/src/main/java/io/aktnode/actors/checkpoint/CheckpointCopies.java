package io.aktnode.actors.checkpoint;

import io.aktnode.nn.model.DurableFiles;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Copies of another process's checkpoints in the directory from which this one would go on. One
 * counts only when it is, byte for byte, what its hashes say. Where the other process's directory
 * is this one, all is there and nothing is touched. Never removed is what is no copy: who follows a
 * run that is behind keeps what is ahead.
 *
 * <p>One thread; the store is used by nobody else meanwhile.
 */
public final class CheckpointCopies {

    private static final Logger log = LoggerFactory.getLogger(CheckpointCopies.class);

    private final CheckpointStore store;

    /** {@code SHA256SUMS} of what was copied, or was there when it was offered, by step. */
    private final Map<Long, String> followed = new HashMap<>();

    private Path writing;

    public CheckpointCopies(CheckpointStore store) {
        this.store = store;
    }

    /** Where the checkpoints lie. */
    public Path directory() {
        return store.directory();
    }

    /**
     * The newest intact checkpoint here, copied or not.
     *
     * @throws CheckpointException if there are checkpoints but every one is damaged
     */
    public Optional<Checkpoint> newest() {
        return store.newest();
    }

    /**
     * Whether the other process's newest checkpoint is to be copied: not if it is here.
     *
     * @param sums content of its {@code SHA256SUMS}
     * @throws CheckpointException if what is here is further than that and is no copy
     */
    public boolean wants(long step, String sums) {
        if (holds(step, sums)) {
            followed.put(step, sums);
            removeGivenUp(step);
            return false;
        }
        Optional<Path> ahead =
                store.directories().stream()
                        .filter(found -> CheckpointStore.stepOf(found) >= step)
                        .filter(found -> !copied(found))
                        .findFirst();
        if (ahead.isPresent()) {
            throw new CheckpointException(
                    ahead.get()
                            + " is no copy of the run's and not behind it; it is kept, and nothing"
                            + " is copied until the run is past it; move it away if it is not"
                            + " needed");
        }
        return true;
    }

    private boolean copied(Path checkpoint) {
        String sums = followed.get(CheckpointStore.stepOf(checkpoint));
        return sums != null && holds(CheckpointStore.stepOf(checkpoint), sums);
    }

    private boolean holds(long step, String sums) {
        try {
            Path found = store.complete(step).resolve(ManifestFile.SUMS);
            return Files.isRegularFile(found)
                    && Files.size(found) == sums.length()
                    && Files.readString(found, StandardCharsets.ISO_8859_1).equals(sums);
        } catch (IOException e) {
            return false;
        }
    }

    /** The run has gone back to a step: what it gave up is not to be gone on from. */
    private void removeGivenUp(long step) {
        for (Path later : store.directories()) {
            if (CheckpointStore.stepOf(later) > step && copied(later)) {
                try {
                    store.remove(later);
                } catch (IOException e) {
                    log.warn(
                            "cannot remove {}, which the run has given up ({})",
                            later,
                            CheckpointStore.reason(e));
                }
            }
        }
        // Those that the store has pruned are none that a copy could stand beside.
        followed.keySet()
                .removeIf(known -> known > step || !Files.isDirectory(store.complete(known)));
    }

    /**
     * Begins a copy, instead of one that was begun before.
     *
     * @return name and hash of each file that is to be written to {@link #writing}
     * @throws CheckpointException if it names what no checkpoint has, or if nothing can be written
     */
    public Map<String, String> begin(long step, String sums) {
        Map<String, String> files = ManifestFile.parseSums(sums);
        try {
            writing = store.beginCopy(step);
            DurableFiles.replace(
                    writing.resolve(ManifestFile.SUMS), sums.getBytes(StandardCharsets.ISO_8859_1));
        } catch (IOException e) {
            throw new CheckpointException(
                    "cannot write a copy to "
                            + store.directory()
                            + " ("
                            + CheckpointStore.reason(e)
                            + "); free space there or make it writable",
                    e);
        }
        return files;
    }

    /** Where the copy's files go, flushed each. */
    public Path writing() {
        return writing;
    }

    /**
     * Lets the copy count, in place of what the run has given up.
     *
     * @throws CheckpointException if it is not what its hashes say, or of another run than what is
     *     here
     */
    public Checkpoint complete(long step, String sums) {
        Manifest manifest = ManifestFile.read(writing, step);
        ManifestFile.verify(writing, manifest);
        requireSameRun(manifest);
        try {
            DurableFiles.forceDirectory(writing);
        } catch (IOException e) {
            throw new CheckpointException(
                    "cannot flush " + writing + " (" + CheckpointStore.reason(e) + ")", e);
        }
        Checkpoint copy = store.install(writing, manifest);
        followed.put(step, sums);
        removeGivenUp(step);
        return copy;
    }

    private void requireSameRun(Manifest offered) {
        List<Path> own = store.directories();
        for (Path checkpoint : own) {
            Manifest manifest;
            try {
                manifest = ManifestFile.read(checkpoint, CheckpointStore.stepOf(checkpoint));
            } catch (CheckpointException damaged) {
                // It says nothing; the one before may.
                continue;
            }
            Settings.requireSame(new Checkpoint(checkpoint, manifest), offered.settings());
            return;
        }
    }

    /** Removes what {@link #begin} began; what cannot be removed is left for the next time. */
    public void abandon() {
        if (writing == null || !Files.exists(writing)) {
            return;
        }
        try {
            store.remove(writing);
        } catch (IOException e) {
            log.warn("cannot remove {} ({})", writing, CheckpointStore.reason(e));
        }
    }
}
