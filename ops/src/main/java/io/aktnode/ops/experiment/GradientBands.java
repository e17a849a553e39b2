package io.aktnode.ops.experiment;

import io.aktnode.ops.report.GradientPlots;
import java.util.ArrayList;
import java.util.List;
import java.util.TreeSet;

/** Gathers the runs' norms into the bands that are drawn. */
final class GradientBands {

    /** Bins over the length of a run: enough to see changes, few enough to see a line. */
    private static final int BINS = 60;

    private GradientBands() {}

    /** A row for each width, smallest first. */
    static List<GradientPlots.Row> rows(List<GradientTrace> traces) {
        TreeSet<Integer> widths = new TreeSet<>();
        traces.forEach(trace -> widths.add(trace.cell().bits()));
        return widths.stream()
                .map(
                        bits ->
                                new GradientPlots.Row(
                                        bits,
                                        band(of(traces, bits, false)),
                                        band(of(traces, bits, true))))
                .toList();
    }

    private static List<GradientTrace> of(List<GradientTrace> traces, int bits, boolean akt) {
        return traces.stream()
                .filter(trace -> trace.cell().bits() == bits && trace.cell().akt() == akt)
                .toList();
    }

    private static GradientPlots.Band band(List<GradientTrace> runs) {
        List<Double> steps = new ArrayList<>();
        List<Double> median = new ArrayList<>();
        List<Double> low = new ArrayList<>();
        List<Double> high = new ArrayList<>();
        List<Double> interventions = new ArrayList<>();
        int length = runs.stream().mapToInt(run -> run.points().size()).min().orElse(0);
        int size = Math.max(1, length / BINS);
        double soFar = 0;
        for (int from = 0; from + size <= length; from += size) {
            List<GradientTrace.Point> points = new ArrayList<>();
            for (GradientTrace run : runs) {
                points.addAll(run.points().subList(from, from + size));
            }
            double[] norms =
                    points.stream()
                            .mapToDouble(GradientTrace.Point::norm)
                            .filter(norm -> norm > 0 && norm < Double.POSITIVE_INFINITY)
                            .toArray();
            soFar +=
                    points.stream().mapToInt(point -> point.actions().size()).sum()
                            / (double) runs.size();
            if (norms.length > 0) {
                steps.add(runs.get(0).points().get(from).step() + (size - 1) / 2.0);
                median.add(GradientFigures.median(norms));
                low.add(GradientFigures.quantile(norms, 0.05));
                high.add(GradientFigures.quantile(norms, 0.95));
                interventions.add(soFar);
            }
        }
        return new GradientPlots.Band(steps, median, low, high, interventions);
    }
}
