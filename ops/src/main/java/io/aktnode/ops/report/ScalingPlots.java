package io.aktnode.ops.report;

import java.awt.BasicStroke;
import java.awt.Graphics2D;
import java.awt.image.BufferedImage;
import java.nio.file.Path;
import java.util.List;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;

/** A PNG of how the time of a step grows with the work: one chart beside the other. */
public final class ScalingPlots {

    private ScalingPlots() {}

    /**
     * One sweep; all lists are of one length.
     *
     * @param axis what was varied
     * @param x its values, rising
     * @param medians ms a step
     * @param p95s ms a step
     */
    public record Curve(String axis, List<Double> x, List<Double> medians, List<Double> p95s) {

        public Curve {
            x = List.copyOf(x);
            medians = List.copyOf(medians);
            p95s = List.copyOf(p95s);
        }
    }

    /** Writes the file; where Java cannot draw, says so and leaves it out. */
    public static void write(List<Curve> curves, Path file) {
        Plots.ifPossible(
                () -> {
                    List<BufferedImage> charts =
                            curves.stream()
                                    .filter(curve -> !curve.x().isEmpty())
                                    .map(ScalingPlots::chart)
                                    .map(BitmapEncoder::getBufferedImage)
                                    .toList();
                    if (!charts.isEmpty()) {
                        Plots.writePng(sideBySide(charts), file);
                    }
                });
    }

    private static XYChart chart(Curve curve) {
        XYChart chart = Plots.chart("Time of a training step", curve.axis(), "ms");
        chart.getStyler().setLegendPosition(Styler.LegendPosition.InsideNW);
        chart.getStyler().setYAxisMin(0.0);
        chart.addSeries("median", curve.x(), curve.medians()).setMarker(SeriesMarkers.CIRCLE);
        chart.addSeries("p95", curve.x(), curve.p95s()).setMarker(SeriesMarkers.DIAMOND);
        int last = curve.x().size() - 1;
        if (last > 0) {
            double perUnit = curve.medians().get(last) / curve.x().get(last);
            XYSeries proportional =
                    chart.addSeries(
                            "in proportion to the last",
                            curve.x(),
                            curve.x().stream().map(x -> x * perUnit).toList());
            proportional.setMarker(SeriesMarkers.NONE);
            proportional.setLineStyle(
                    new BasicStroke(
                            1.5f,
                            BasicStroke.CAP_BUTT,
                            BasicStroke.JOIN_BEVEL,
                            0,
                            new float[] {6, 4},
                            0));
        }
        return chart;
    }

    private static BufferedImage sideBySide(List<BufferedImage> charts) {
        int width = charts.stream().mapToInt(BufferedImage::getWidth).sum();
        int height = charts.stream().mapToInt(BufferedImage::getHeight).max().orElseThrow();
        BufferedImage all = new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB);
        Graphics2D graphics = all.createGraphics();
        int x = 0;
        for (BufferedImage chart : charts) {
            graphics.drawImage(chart, x, 0, null);
            x += chart.getWidth();
        }
        graphics.dispose();
        return all;
    }
}
