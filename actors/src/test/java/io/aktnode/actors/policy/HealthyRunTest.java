package io.aktnode.actors.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.actors.policy.Finding.Severity;
import io.aktnode.nn.train.GradientReport;
import io.aktnode.protocol.control.StepReport;
import io.aktnode.protocol.control.UpdateReport;
import io.aktnode.protocol.frame.RoleId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/**
 * Figures as a healthy run has them (AdaDFQ with AKT, a ResNet-20, batches of 16, a student of 2
 * bits: the one whose gradients vary most) go through gates and detectors as they stand.
 */
@Timeout(120)
class HealthyRunTest {

    private static final int STEPS = 20_000;
    private static final int IMAGES = 16;

    private final Random random = new Random(4);
    private final SpikeGate generatorGate = new SpikeGate(GatePolicy.defaults());
    private final SpikeGate studentGate = new SpikeGate(GatePolicy.defaults());
    private final HealthMonitor monitor =
            new HealthMonitor(CurePolicy.defaults(), DetectorPolicy.defaults(), () -> 0);

    /** Around a value, with a deviation of its logarithm. */
    private double around(double value, double deviation) {
        return value * Math.exp(deviation * random.nextGaussian());
    }

    private static StepReport report(
            RoleId role,
            long step,
            SpikeGate gate,
            double norm,
            Map<String, Double> losses,
            Map<String, Double> measures) {
        double scale = gate.scale(step, new GradientReport(losses, norm, norm, 0), 1);
        return new StepReport(
                role,
                0,
                step,
                losses,
                measures,
                new UpdateReport(
                        gate.decision(), gate.reason(), norm, norm, 0, scale, 1, Double.NaN),
                0,
                0);
    }

    private StepReport generator(long step) {
        double start = 1 + 50 * Math.exp(-step / 5.0) + 10 * Math.exp(-step / 100.0);
        long agreed = random.doubles(IMAGES).filter(chance -> chance < 0.12).count();
        return report(
                RoleId.GENERATOR,
                step,
                generatorGate,
                around(100 * start, 0.41),
                Map.of("total", around(4.3 * start, 0.2), "bn_statistics", around(3 * start, 0.3)),
                Map.of(
                        StepReport.TEACHER_AGREEMENT, (double) agreed / IMAGES,
                        StepReport.IMAGE_SPREAD, around(0.8, 0.1),
                        StepReport.CLASS_SPREAD, around(0.6, 0.2)));
    }

    private StepReport student(long step, long trained) {
        double start = 1 + 60 * Math.exp(-trained / 3.0);
        double feature = around(2 * start, 0.3);
        return report(
                RoleId.student(0),
                step,
                studentGate,
                around(20 * start, 0.47),
                Map.of("total", -916 + 0.6 * random.nextGaussian() + feature, "feature", feature),
                Map.of(StepReport.ACTIVATION_REACH, around(0.9, 0.2)));
    }

    @Test
    void isNeverRolledBackAndHardlyEverRescaled() {
        List<Finding> findings = new ArrayList<>();
        int calibration = 800;
        for (int step = 0; step < STEPS; step++) {
            findings.addAll(monitor.observe(generator(step)));
            if (step >= calibration) {
                findings.addAll(monitor.observe(student(step, step - calibration)));
            }
        }

        assertEquals(
                List.of(),
                findings.stream()
                        .filter(finding -> finding.severity() != Severity.RESCALED)
                        .toList());
        assertTrue(findings.size() < 0.005 * STEPS, findings.size() + " rescales");
        assertEquals(8, monitor.limits(RoleId.GENERATOR).size());
        assertEquals(4, monitor.limits(RoleId.student(0)).size());
    }
}
