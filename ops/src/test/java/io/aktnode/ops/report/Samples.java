package io.aktnode.ops.report;

import io.aktnode.actors.run.StepMetrics;
import io.aktnode.actors.run.StudentStep;
import io.aktnode.protocol.control.StepReport;
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
                2e-3,
                Map.of(StepReport.CLASS_SPREAD, 0.5, StepReport.NORM_LIMIT, 145.0),
                0.125,
                0,
                List.of(
                        calibrating
                                ? StudentStep.unknown()
                                : new StudentStep(
                                        Map.of("total", 2.5, "feature", 1.5),
                                        10.25,
                                        1e-4,
                                        Map.of(
                                                StepReport.ACTIVATION_REACH,
                                                0.75,
                                                StepReport.NORM_LIMIT,
                                                Double.POSITIVE_INFINITY))),
                0.25);
    }
}
