package io.aktnode.actors.supervisor;

import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointStore;
import io.aktnode.protocol.control.Restoration;
import java.util.List;
import java.util.Optional;

/**
 * Where a run is: its step, its incarnation, the noise it draws from, and the checkpoint the roles'
 * states came from last. One thread.
 */
final class Timeline {

    private final CheckpointStore store;
    private Optional<Checkpoint> base;
    private long step;
    private int incarnation;
    private int noiseEpoch;
    private boolean fresh;
    private boolean restartedSinceCheckpoint;

    /**
     * @param start the checkpoint of an earlier process, if the run is resumed
     */
    Timeline(CheckpointStore store, Optional<Checkpoint> start) {
        this.store = store;
        this.base = start;
        start.ifPresent(
                checkpoint -> {
                    step = checkpoint.step();
                    incarnation = checkpoint.manifest().incarnation() + 1;
                    noiseEpoch = checkpoint.manifest().noiseEpoch();
                });
    }

    /** The newest checkpoint of this line of events; empty before the first one. */
    Optional<Checkpoint> base() {
        return base;
    }

    /** Finished steps at the last barrier. */
    long step() {
        return step;
    }

    int incarnation() {
        return incarnation;
    }

    int noiseEpoch() {
        return noiseEpoch;
    }

    void reached(long barrier) {
        step = barrier;
    }

    void committed(Checkpoint checkpoint) {
        base = Optional.of(checkpoint);
        restartedSinceCheckpoint = false;
    }

    /**
     * Goes back to the last healthy checkpoint and begins an incarnation there. Later checkpoints
     * are removed: a process that resumes must not take up what was given up.
     *
     * @param restart whether the roles make their networks anew; then they meet the same noise once
     *     more, because what broke them may have been chance
     */
    void back(boolean restart) {
        if (!restart || restartedSinceCheckpoint) {
            noiseEpoch++;
        }
        restartedSinceCheckpoint = restart;
        incarnation++;
        if (base.isPresent()) {
            base = store.lastHealthy();
            store.removeAfter(base.map(Checkpoint::step).orElse(-1L));
        }
        step = base.map(Checkpoint::step).orElse(0L);
        // Without a checkpoint only new networks are in their first state.
        fresh = restart || base.isEmpty();
    }

    /**
     * Goes back to the newest intact checkpoint and begins an incarnation there on the same noise:
     * a machine was at fault, not the numbers.
     */
    void again() {
        incarnation++;
        if (base.isPresent()) {
            base = store.newest();
        }
        step = base.map(Checkpoint::step).orElse(0L);
        fresh = true;
    }

    /** Begins an incarnation where the run is, with other noise. */
    void goOn() {
        noiseEpoch++;
        incarnation++;
        fresh = false;
    }

    /** How the roles begin the incarnation, their states left out. */
    Restoration restoration(long runId) {
        return new Restoration(runId, incarnation, step, fresh, Optional.empty(), List.of());
    }
}
