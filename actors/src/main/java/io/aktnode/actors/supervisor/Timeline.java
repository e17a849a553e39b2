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

    /** Tries at one checkpoint, after which it is taken for sick itself. */
    private static final int TRIES = 2;

    /** More than a process begins between two checkpoints. */
    private static final int INCARNATIONS_OF_A_LIFE = 1000;

    private final CheckpointStore store;
    private final int settlingSteps;
    private Optional<Checkpoint> base;
    private long step;
    private int incarnation;
    private int noiseEpoch;
    private boolean fresh;
    private boolean restartedSinceCheckpoint;
    private long wentBackTo;

    /** The last trouble that was further on than the one before. */
    private long furthestTrouble = Long.MIN_VALUE / 2;

    private long furthestCheckpoint = -1;

    /** Times in a row that going back to the same checkpoint led to trouble again no further on. */
    private int inVain;

    /** Up to here checkpoints have not led to that trouble time and again. */
    private long newestTrusted = Long.MAX_VALUE;

    /**
     * @param settlingSteps how much further on than the last trouble another one counts as new
     * @param start the checkpoint of an earlier process, if the run is resumed
     */
    Timeline(CheckpointStore store, int settlingSteps, Optional<Checkpoint> start) {
        this.store = store;
        this.settlingSteps = settlingSteps;
        this.base = start;
        start.ifPresent(
                checkpoint -> {
                    step = checkpoint.step();
                    furthestCheckpoint = step;
                    incarnation = nextLife(checkpoint.manifest().incarnation());
                    noiseEpoch = checkpoint.manifest().noiseEpoch();
                });
    }

    /**
     * A process does not know how many incarnations the one before began after its last checkpoint,
     * or after the last that was copied to this machine; those it begins itself must be later.
     */
    private static int nextLife(int incarnation) {
        return (incarnation / INCARNATIONS_OF_A_LIFE + 1) * INCARNATIONS_OF_A_LIFE;
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

    /** An earlier process drew from this epoch already, or from one before it. */
    void noiseIsPast(int epoch) {
        noiseEpoch = Math.max(noiseEpoch, epoch);
    }

    void reached(long barrier) {
        step = barrier;
    }

    /**
     * @return whether it is further on than any before
     */
    boolean committed(Checkpoint checkpoint) {
        base = Optional.of(checkpoint);
        restartedSinceCheckpoint = false;
        boolean further = checkpoint.step() > furthestCheckpoint;
        furthestCheckpoint = Math.max(furthestCheckpoint, checkpoint.step());
        return further;
    }

    /**
     * Goes back to the newest checkpoint whose state is not in doubt and begins an incarnation
     * there; to the one before, when the same trouble came again after each try, and further back
     * each time, until the trouble is left behind. Later checkpoints are removed: a process that
     * resumes must not take up what was given up.
     *
     * @param trouble the step at which it was seen
     * @param doubtfulSince the first step nothing is to be kept of; {@link Long#MAX_VALUE} if
     *     nothing speaks against the numbers
     * @param restart whether the roles make their networks anew; then they meet the same noise once
     *     more, because what broke them may have been chance
     */
    void back(long trouble, long doubtfulSince, boolean restart) {
        if (!restart || restartedSinceCheckpoint) {
            noiseEpoch++;
        }
        restartedSinceCheckpoint = restart;
        incarnation++;
        if (base.isPresent()) {
            trust(trouble);
            // A state in doubt is better than none: without it all that was learned would be gone.
            base = store.sound(Math.min(doubtfulSince, newestTrusted)).or(store::newest);
            store.removeAfter(base.map(Checkpoint::step).orElse(-1L));
        }
        step = base.map(Checkpoint::step).orElse(0L);
        wentBackTo = step;
        // Without a checkpoint only new networks are in their first state.
        fresh = restart || base.isEmpty();
    }

    private void trust(long trouble) {
        if (trouble > furthestTrouble + settlingSteps) {
            furthestTrouble = trouble;
            inVain = 0;
            newestTrusted = Long.MAX_VALUE;
        } else if (++inVain == TRIES) {
            inVain = 0;
            // What was saved since then came from the same state.
            newestTrusted = Math.max(0, wentBackTo - 1);
        }
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

    /**
     * Begins an incarnation where the run is.
     *
     * @param otherNoise whether what was drawn from is given up, because it may have been at fault
     */
    void goOn(boolean otherNoise) {
        noiseEpoch += otherNoise ? 1 : 0;
        incarnation++;
        fresh = false;
    }

    /** How the roles begin the incarnation, their states left out. */
    Restoration restoration(long runId) {
        return new Restoration(runId, incarnation, step, fresh, Optional.empty(), List.of());
    }
}
