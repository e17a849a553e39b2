package io.aktnode.ops.bench;

import io.aktnode.actors.run.RunListener;
import io.aktnode.actors.run.StepMetrics;
import java.nio.file.Path;
import java.util.BitSet;
import java.util.function.LongSupplier;

/**
 * When each step of a run was finished, and before which ones a checkpoint was taken. Read after
 * the run.
 */
final class StepClock implements RunListener {

    private final LongSupplier nanoTime;
    private final long[] finishedNs;
    private final BitSet checkpoints = new BitSet();
    private final Runnable atEnd;

    /**
     * @param steps of the whole run
     * @param nanoTime monotonic, ns
     * @param atEnd run when the last step is finished, before anything is taken down
     */
    StepClock(int steps, LongSupplier nanoTime, Runnable atEnd) {
        this.finishedNs = new long[steps];
        this.nanoTime = nanoTime;
        this.atEnd = atEnd;
    }

    @Override
    public void onStep(StepMetrics metrics) {
        finished((int) metrics.step());
    }

    @Override
    public void onCheckpoint(long step, Path directory) {
        checkpoint((int) step);
    }

    synchronized void finished(int step) {
        finishedNs[step] = nanoTime.getAsLong();
        if (step == finishedNs.length - 1) {
            atEnd.run();
        }
    }

    /**
     * @param step number of the step that begins after the checkpoint
     */
    synchronized void checkpoint(int step) {
        checkpoints.set(step);
    }

    synchronized long finishedNs(int step) {
        return finishedNs[step];
    }

    /** Whether a checkpoint was taken between the ends of two steps. */
    synchronized boolean checkpointBetween(int earlier, int later) {
        int next = checkpoints.nextSetBit(earlier + 1);
        return next >= 0 && next <= later;
    }
}
