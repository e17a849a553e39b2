package io.aktnode.actors.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.train.GradientReport;
import io.aktnode.nn.train.UpdateGate;
import io.aktnode.protocol.control.GateState;
import io.aktnode.protocol.control.UpdateDecision;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class SpikeGateTest {

    private final SpikeGate gate = new SpikeGate(GatePolicy.defaults());

    private static GradientReport norm(double norm) {
        return new GradientReport(Map.of("total", 1.0), norm, norm / 10, 0);
    }

    private double scale(long step, GradientReport report) {
        return gate.scale(step, report, 1);
    }

    /** Of a gradient that would change the weights by a share of their norm. */
    private static GradientReport changing(double share, double norm) {
        return new GradientReport(Map.of("total", 1.0), norm, norm / 10, 0, share);
    }

    private void feedHealthy(int steps) {
        SplittableRandom random = new SplittableRandom(7);
        for (int i = 0; i < steps; i++) {
            assertEquals(1.0, scale(i, norm(10 * Math.exp(random.nextDouble(-0.3, 0.3)))));
        }
    }

    @Test
    void dropsWhatIsNotFiniteFromTheFirstStepOn() {
        assertEquals(
                UpdateGate.SKIP,
                scale(0, new GradientReport(Map.of("total", 1.0), Double.NaN, 1, 3)));
        assertEquals(
                UpdateGate.SKIP,
                scale(1, new GradientReport(Map.of("total", Double.NaN), 1, 1, 0)));
        assertEquals(UpdateDecision.SKIPPED, gate.decision());
        assertTrue(gate.reason().contains("loss is not finite"), gate.reason());
        assertEquals(GateState.initial(), gate.state());
    }

    @Test
    void leavesTheFirstTrainedEpochOfAHealthyStudentAlone() {
        // Norms of up to 75 right after calibration, falling to about 10.
        SplittableRandom random = new SplittableRandom(3);
        for (int i = 0; i < 400; i++) {
            double expected = 10 + 65 * Math.exp(-i / 40.0);
            double healthy = expected * Math.exp(random.nextDouble(-0.5, 0.5));
            assertEquals(1.0, scale(i, norm(healthy)), "norm " + healthy + " at " + i);
        }
        assertEquals(1.0, scale(400, norm(75)));
    }

    @Test
    void clipsAThousandfoldSpikeDuringWarmUp() {
        for (int i = 0; i < GatePolicy.defaults().minimum(); i++) {
            scale(i, norm(10));
        }

        double scale = scale(5, norm(10_000));

        assertEquals(10, 10_000 * scale, 1e-9);
        assertEquals(UpdateDecision.CLIPPED, gate.decision());
    }

    @Test
    void dropsTheVeryFirstGradientIfItWouldUpsetTheWeights() {
        double allowed = GatePolicy.defaults().largestUpdate();

        assertEquals(UpdateGate.SKIP, scale(0, changing(99, 1e6)));

        assertEquals(UpdateDecision.SKIPPED, gate.decision());
        assertEquals(
                "gradient norm 1.000e+06 would change the weights by 99.0 of their norm, 0.0100 is"
                        + " allowed",
                gate.reason());
        assertEquals(1.0, scale(1, changing(allowed, 10)), "what is allowed is not touched");
        assertEquals(List.of(Math.log(10)), gate.state().logNorms());
        SpikeGate dry = new SpikeGate(GatePolicy.defaults().withDryRun(true));
        assertEquals(1.0, dry.scale(0, changing(99, 1e6), 1));
        assertEquals(UpdateDecision.TOLERATED, dry.decision());
    }

    @Test
    void countsTheScheduleInWhatAGradientWouldChange() {
        double allowed = GatePolicy.defaults().largestUpdate();

        assertEquals(UpdateGate.SKIP, gate.scale(0, changing(5 * allowed, 1), 1));
        assertEquals(1.0, gate.scale(1, changing(5 * allowed, 1), 0.1));
    }

    @Test
    void clipsASecondGradientThatWouldUpsetTheWeightsToTheFirst() {
        // Of a 2-bit ResNet-20: dropped, it comes again from every batch.
        assertEquals(1.0, scale(0, changing(0.0020, 1_014)));

        double scale = scale(1, changing(0.161, 82_280));

        assertEquals(1_014, 82_280 * scale, 1e-9);
        assertEquals(UpdateDecision.CLIPPED, gate.decision());
        assertEquals(List.of(Math.log(1_014)), gate.state().logNorms());
    }

    @Test
    void clipsWhatWouldUpsetTheWeightsToTheMedianWhereItIsKnown() {
        // A 2-bit student's sixth gradient: no more than 29 medians, so no other spike.
        for (int i = 0; i < GatePolicy.defaults().minimum(); i++) {
            assertEquals(1.0, scale(i, changing(0.0018, 900)));
        }

        double scale = scale(5, changing(0.052, 26_000));

        assertEquals(900, 26_000 * scale, 1e-9);
        assertEquals(UpdateDecision.CLIPPED, gate.decision());
    }

    @Test
    void clipsASpikeToWhatTheWeightsBearIfThatIsLess() {
        feedHealthy(100);

        double scale = scale(100, changing(5_000, 10_000));

        assertEquals(GatePolicy.defaults().largestUpdate(), 5_000 * scale, 1e-12);
    }

    @Test
    void followsALastingChangeNoFurtherThanTheWeightsBear() {
        feedHealthy(100);

        for (int i = 0; i < 100; i++) {
            double scale = scale(100 + i, changing(0.5 / gate.learningRateFactor(), 10_000));

            assertTrue(0.5 * scale <= GatePolicy.defaults().largestUpdate() * (1 + 1e-12));
        }
    }

    @Test
    void clipsToTheMedianAndLowersTheLearningRateForAWhile() {
        feedHealthy(100);

        double scale = scale(100, norm(10_000));

        assertEquals(10, 10_000 * scale, 1);
        assertEquals(0.5, gate.learningRateFactor());
        assertTrue(gate.reason().contains("clipped to"), gate.reason());
        feedHealthy(36);
        assertEquals(1.0, gate.learningRateFactor());
    }

    @Test
    void keepsSpikesOutOfItsStatistics() {
        feedHealthy(100);
        GateState before = gate.state();

        scale(100, norm(5_000));
        scale(101, new GradientReport(Map.of(), Double.POSITIVE_INFINITY, 1, 1));

        assertEquals(before.logNorms(), gate.state().logNorms());
    }

    @Test
    void followsALastingChangeSlowly() {
        feedHealthy(100);

        int clipped = 0;
        double largestApplied = 0;
        while (scale(100 + clipped, norm(1_000)) < 1) {
            assertTrue(clipped++ < 20, "still clips after " + clipped + " steps");
            largestApplied = Math.max(largestApplied, clipped);
        }

        // 5 steps of patience, then 2, 4, 8 ... times the median until 1000 is allowed.
        assertTrue(clipped > 5 && clipped <= 12, clipped + " clips");
        assertEquals(1.0, scale(200, norm(1_100)));
        assertFalse(gate.state().logNorms().isEmpty());
    }

    @Test
    void continuesFromItsStateAsIfNeverStopped() {
        feedHealthy(60);
        scale(60, norm(9_000));
        SpikeGate resumed = new SpikeGate(GatePolicy.defaults(), gate.state());

        SplittableRandom random = new SplittableRandom(1);
        for (int i = 61; i < 400; i++) {
            GradientReport report = norm(Math.exp(random.nextDouble(0, 9)));
            assertEquals(scale(i, report), resumed.scale(i, report, 1));
            assertEquals(gate.learningRateFactor(), resumed.learningRateFactor());
        }
        assertEquals(gate.state(), resumed.state());
    }
}
