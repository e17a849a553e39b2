package io.aktnode.ops.report;

import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/**
 * A PNG with one row for each bit width: gradient norms with and without AKT (median and band), and
 * beside it how many interventions the supervisor would have made so far.
 */
public final class GradientPlots {

    private static final Color WITHOUT = new Color(0xD62728);
    private static final Color WITH = new Color(0x1F77B4);

    private GradientPlots() {}

    /**
     * Norms over the steps, of all seeds together; all lists are of one length.
     *
     * @param steps middle of each bin
     * @param median norm within the bin
     * @param low 5 % of the norms are below
     * @param high 5 % are above
     * @param interventions up to here, mean over the seeds
     */
    public record Band(
            List<Double> steps,
            List<Double> median,
            List<Double> low,
            List<Double> high,
            List<Double> interventions) {

        public Band {
            steps = List.copyOf(steps);
            median = List.copyOf(median);
            low = List.copyOf(low);
            high = List.copyOf(high);
            interventions = List.copyOf(interventions);
        }
    }

    /** One bit width. */
    public record Row(int bits, Band without, Band with) {}

    /** Writes the file; where Java cannot draw, says so and leaves it out. */
    public static void write(List<Row> rows, Path file) {
        Plots.ifPossible(
                () -> {
                    List<List<BufferedImage>> charts = new ArrayList<>();
                    for (Row row : rows) {
                        charts.add(
                                List.of(
                                        BitmapEncoder.getBufferedImage(norms(row)),
                                        BitmapEncoder.getBufferedImage(interventions(row))));
                    }
                    if (!charts.isEmpty()) {
                        Plots.writePng(grid(charts), file);
                    }
                });
    }

    private static XYChart norms(Row row) {
        XYChart chart =
                Plots.chart(
                        row.bits() + " bits: median, 5 % and 95 % of the student's gradient norm",
                        "step",
                        "global L2 norm");
        chart.getStyler().setYAxisLogarithmic(true);
        chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNE);
        band(chart, "without AKT", row.without(), WITHOUT);
        band(chart, "with AKT", row.with(), WITH);
        return chart;
    }

    private static void band(XYChart chart, String name, Band band, Color colour) {
        if (band.steps().isEmpty()) {
            return;
        }
        line(chart, name, band.steps(), band.median(), colour, 2.5f, null);
        float[] dashes = {5, 4};
        line(chart, name + ", 5 %", band.steps(), band.low(), colour, 1, dashes)
                .setShowInLegend(false);
        line(chart, name + ", 95 %", band.steps(), band.high(), colour, 1, dashes)
                .setShowInLegend(false);
    }

    private static XYChart interventions(Row row) {
        XYChart chart =
                Plots.chart(
                        row.bits() + " bits: what the supervisor would have done",
                        "step",
                        "would-be interventions so far, mean over seeds");
        chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNW);
        chart.getStyler().setYAxisMin(0.0);
        chart.getStyler().setYAxisDecimalPattern("0.##");
        double most = 0;
        for (Band band : List.of(row.without(), row.with())) {
            int last = band.interventions().size() - 1;
            most = last < 0 ? most : Math.max(most, band.interventions().get(last));
        }
        // Without any an automatic axis would be empty.
        chart.getStyler().setYAxisMax(Math.max(1.0, 1.1 * most));
        count(chart, "without AKT", row.without(), WITHOUT);
        count(chart, "with AKT", row.with(), WITH);
        return chart;
    }

    private static void count(XYChart chart, String name, Band band, Color colour) {
        if (!band.steps().isEmpty()) {
            line(chart, name, band.steps(), band.interventions(), colour, 2.5f, null);
        }
    }

    private static XYSeries line(
            XYChart chart,
            String name,
            List<Double> x,
            List<Double> y,
            Color colour,
            float width,
            float[] dashes) {
        XYSeries series = chart.addSeries(name, Plots.unevenly(x), y);
        series.setMarker(SeriesMarkers.NONE);
        series.setLineColor(colour);
        series.setLineStyle(
                new BasicStroke(width, BasicStroke.CAP_BUTT, BasicStroke.JOIN_BEVEL, 0, dashes, 0));
        return series;
    }

    private static BufferedImage grid(List<List<BufferedImage>> rows) {
        BufferedImage first = rows.get(0).get(0);
        BufferedImage all =
                new BufferedImage(
                        first.getWidth() * rows.get(0).size(),
                        first.getHeight() * rows.size(),
                        BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = all.createGraphics();
        for (int row = 0; row < rows.size(); row++) {
            for (int column = 0; column < rows.get(row).size(); column++) {
                graphics.drawImage(
                        rows.get(row).get(column),
                        column * first.getWidth(),
                        row * first.getHeight(),
                        null);
            }
        }
        graphics.dispose();
        return all;
    }
}
