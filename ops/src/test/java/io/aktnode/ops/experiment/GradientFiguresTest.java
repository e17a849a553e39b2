package io.aktnode.ops.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.ops.experiment.GradientSummary.Comparison;
import io.aktnode.ops.experiment.GradientSummary.Effect;
import java.util.ArrayList;
import java.util.List;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.function.IntToDoubleFunction;
import org.junit.jupiter.api.Test;

class GradientFiguresTest {

    private static final int STEPS = 1200;
    private static final int WARM_UP = 200;

    private static GradientTrace trace(GradientCell cell, IntToDoubleFunction norm) {
        List<GradientTrace.Point> points = new ArrayList<>();
        for (int i = 0; i < STEPS; i++) {
            List<String> actions =
                    i == 500
                            ? List.of("would rescale", "would rollback")
                            : i == 100 ? List.of("would rescale") : List.of();
            points.add(new GradientTrace.Point(300 + i, norm.applyAsDouble(i), 50, actions));
        }
        return new GradientTrace(cell, points, OptionalDouble.of(71));
    }

    private static GradientTrace lognormal(boolean akt, long seed, double deviation) {
        Random random = new Random(seed);
        return trace(
                new GradientCell(2, akt, seed),
                i -> 10 * Math.exp(deviation * random.nextGaussian()));
    }

    @Test
    void measuresALognormalNormByTheDeviationItWasDrawnWith() {
        GradientFigures figures = GradientFigures.of(lognormal(true, 1, 0.3), WARM_UP);

        assertEquals(STEPS - WARM_UP, figures.steps());
        // Standard errors: 0.3/sqrt(2·1000) = 0.0067, of a median 0.3·10·1.25/sqrt(1000) = 0.12.
        assertEquals(0.3, figures.logDeviation(), 0.03);
        assertEquals(10, figures.median(), 0.5);
        assertEquals(0.3 * Math.sqrt(2), figures.logJump(), 0.05);
        assertEquals(0, figures.nonFinite());
        assertEquals(71, figures.top1());
    }

    @Test
    void aSlowTrendIsInTheDeviationAndNotInTheJumps() {
        GradientFigures figures =
                GradientFigures.of(
                        trace(new GradientCell(2, true, 1), i -> 50 * Math.exp(-i / 400.0)),
                        WARM_UP);

        assertTrue(figures.logDeviation() > 0.5);
        assertEquals(1 / 400.0, figures.logJump(), 1e-9);
        assertEquals(0, figures.spikes());
    }

    @Test
    void countsSpikesAndWouldBeInterventionsPerThousandSteps() {
        GradientFigures figures =
                GradientFigures.of(
                        trace(
                                new GradientCell(2, true, 1),
                                i -> i % 250 == 249 ? 40 : i == 700 ? Double.NaN : 10),
                        WARM_UP);

        // Of steps 249, 499, 749 and 999 the first has fewer than 100 counted steps before it.
        assertEquals(3, figures.spikes(), 1e-9);
        assertEquals(1, figures.wouldRescale(), 1e-9);
        assertEquals(1, figures.wouldRestore(), 1e-9);
        assertEquals(1, figures.nonFinite());
        assertEquals(40, figures.largest());
    }

    @Test
    void saysCalmerOnlyWhenEverySeedAgrees() {
        List<GradientTrace> calmer =
                List.of(
                        lognormal(false, 1, 0.5),
                        lognormal(true, 1, 0.2),
                        lognormal(false, 2, 0.5),
                        lognormal(true, 2, 0.3));
        GradientSummary summary = GradientSummary.of(calmer, WARM_UP).get(0);

        Comparison deviation = summary.comparisons().get("sd_log_norm");
        assertEquals(Effect.LOWER, deviation.effect());
        assertEquals(2, deviation.lowerIn());
        assertEquals(0.5, deviation.meanWithout(), 0.05);
        assertTrue(GradientReport.answer(summary).startsWith("At 2 bits: yes, calmer"));

        List<GradientTrace> mixed = new ArrayList<>(calmer);
        mixed.add(lognormal(false, 3, 0.2));
        mixed.add(lognormal(true, 3, 0.5));
        assertTrue(
                GradientReport.answer(GradientSummary.of(mixed, WARM_UP).get(0))
                        .startsWith("At 2 bits: no clear difference"));
    }

    @Test
    void comparesOnlySeedsOfWhichBothRunsAreThere() {
        List<GradientSummary> summaries =
                GradientSummary.of(
                        List.of(
                                lognormal(false, 1, 0.5),
                                lognormal(true, 1, 0.2),
                                lognormal(false, 2, 0.5)),
                        WARM_UP);

        assertEquals(List.of(1L), summaries.get(0).seeds());
        assertEquals(List.of(), GradientSummary.of(List.of(lognormal(false, 2, 0.5)), WARM_UP));
    }
}
