package io.aktnode.actors.run;

import java.nio.file.Path;

/**
 * Follows a run. Called on the supervisor's thread, in order, and must return at once: hand long
 * work to another thread.
 */
public interface RunListener {

    /** After each finished step. */
    default void onStep(StepMetrics metrics) {}

    /** After each evaluation of a student. */
    default void onEvaluation(Evaluation evaluation) {}

    /** After each decision of the supervisor or of a role's gate. */
    default void onIntervention(Intervention intervention) {}

    /** After each complete checkpoint. */
    default void onCheckpoint(long step, Path directory) {}

    /** After the run has gone back to a checkpoint; later ones are given up. */
    default void onBack(long step, Path directory) {}
}
