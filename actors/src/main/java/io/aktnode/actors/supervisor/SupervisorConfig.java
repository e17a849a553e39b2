package io.aktnode.actors.supervisor;

import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointStore;
import io.aktnode.actors.policy.CurePolicy;
import io.aktnode.actors.policy.DetectorPolicy;
import io.aktnode.actors.run.RunListener;
import io.aktnode.nn.train.QuantizationConfig;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What a supervisor is given.
 *
 * @param runId in every frame of the run
 * @param plan when it stops for checkpoints and evaluations
 * @param window batches in flight
 * @param students bit widths of each, by id
 * @param settings what determines the numbers, for the checkpoints
 * @param start the checkpoint an earlier process left, if the run is resumed
 * @param past cures that earlier processes of the run used within the last hour, the oldest first
 * @param decided by earlier processes of the run since {@code start}
 * @param store where checkpoints are kept; used by the supervisor's thread
 * @param journal closed by the supervisor
 * @param listener told on the supervisor's thread
 * @param cures what counts as repeated trouble, and the budgets
 * @param detectors how far a figure may leave its own past
 * @param stallAfter silence of all roles after which they are restarted
 * @param patient whether missing roles are waited for however long, because they are processes that
 *     may be started again; otherwise the run fails after {@code stallAfter}
 * @param nanoClock monotonic, ns
 */
public record SupervisorConfig(
        long runId,
        RunPlan plan,
        int window,
        List<QuantizationConfig> students,
        Map<String, String> settings,
        Optional<Checkpoint> start,
        List<PastCure> past,
        PastDecisions decided,
        CheckpointStore store,
        Journal journal,
        RunListener listener,
        CurePolicy cures,
        DetectorPolicy detectors,
        Duration stallAfter,
        boolean patient,
        LongSupplier nanoClock) {

    public SupervisorConfig {
        settings = Map.copyOf(settings);
        students = List.copyOf(students);
        past = List.copyOf(past);
    }
}
