package io.aktnode.ops.bench;

import io.aktnode.actors.run.Intervention;
import io.aktnode.nn.kernel.MachinePeak;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What {@code akt-node bench} found.
 *
 * @param system through actors and Aeron, with checkpoints and metrics
 * @param plain the same steps in the plain loop, as many before as after, s
 * @param peak of all compute threads
 * @param transport IPC alone, in frames as large as a synthetic batch
 * @param memory when the last step through the actors was finished
 * @param load of the machine before anything was measured, in busy processors; NaN when unknown
 */
public record BenchResult(
        BenchSpec spec,
        StepFigures system,
        Quantiles plain,
        Arithmetic arithmetic,
        MachinePeak peak,
        TransportBench.Figures transport,
        ProcessMemory memory,
        List<Intervention> interventions,
        double load) {

    public BenchResult {
        interventions = List.copyOf(interventions);
    }

    double imagesPerSecond() {
        return spec.training().batchSize() / system.step().median();
    }

    /** Operations of one step: of each phase that ran, as often as it ran. */
    double flopsPerStep() {
        double flops = 0;
        for (var phase : system.phases().entrySet()) {
            double callsPerStep = (double) phase.getValue().count() / spec.steps();
            flops += callsPerStep * flops(phase.getKey().phase());
        }
        return flops;
    }

    /** Operations of one call. */
    double flops(Phase phase) {
        return arithmetic.flops(phase, spec.training().batchSize());
    }

    double flopsPerSecond() {
        return flopsPerStep() / system.step().median();
    }

    /**
     * What actors, Aeron, checkpoints and metrics add to the plain loop's step, in percent; a
     * checkpoint's cost is spread over the steps between two of a real run.
     */
    double overheadPercent() {
        double checkpoints = system.checkpoint() / spec.checkpointEverySteps();
        double median = system.ordinary().median() + checkpoints;
        return 100 * (median / plain.median() - 1);
    }

    /** By student: on which share of the batches it trained; asynchronous ones may skip some. */
    Map<String, Double> trainedShares() {
        Map<String, Double> shares = new TreeMap<>();
        system.phases()
                .forEach(
                        (key, calls) -> {
                            if (key.phase() == Phase.STUDENT_GRADIENTS) {
                                shares.put(key.role(), (double) calls.count() / spec.steps());
                            }
                        });
        return shares;
    }

    /** Whether others used so much of the machine that the figures say little. */
    boolean busy() {
        return load > spec.cores() / 4.0;
    }
}
