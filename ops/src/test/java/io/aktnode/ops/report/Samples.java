package io.aktnode.ops.report;

import io.aktnode.actors.run.StepMetrics;
import io.aktnode.actors.run.StudentStep;
import java.util.List;
import java.util.Map;

/** Metrics as a run reports them. */
final class Samples {

    private Samples() {}

    static StepMetrics metrics(long step, boolean calibrating) {
        return new StepMetrics(
                step,
                (int) (step / 100),
                calibrating,
                Map.of("total", 4.5, "bn_statistics", 3.0),
                7.25,
                0.125,
                0,
                List.of(
                        calibrating
                                ? StudentStep.unknown()
                                : new StudentStep(
                                        Map.of("total", 2.5, "feature", 1.5), 10.25, 1e-4)),
                0.25);
    }
}
