package io.aktnode.ops.report;

import io.aktnode.actors.run.Evaluation;
import io.aktnode.nn.model.DurableFiles;
import java.awt.BasicStroke;
import java.awt.Color;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.Collectors;
import javax.imageio.ImageIO;
import org.knowm.xchart.BitmapEncoder;
import org.knowm.xchart.XYChart;
import org.knowm.xchart.XYChartBuilder;
import org.knowm.xchart.XYSeries;
import org.knowm.xchart.style.Styler;
import org.knowm.xchart.style.markers.SeriesMarkers;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Draws a run's curves from {@code metrics.csv} and {@code accuracy.csv} as PNG files beside them.
 * Where Java cannot draw text (no fonts installed) it says so once and leaves the plots out.
 */
public final class Plots {

    private static final Logger LOG = LoggerFactory.getLogger(Plots.class);
    private static final int WIDTH = 900;
    private static final int HEIGHT = 560;

    /** More points than pixels only cost time. */
    private static final int MOST_POINTS = 900;

    private static final List<Color> COLOURS =
            List.of(
                    new Color(0x1F77B4),
                    new Color(0xD62728),
                    new Color(0x2CA02C),
                    new Color(0x9467BD),
                    new Color(0xFF7F0E),
                    new Color(0x8C564B),
                    new Color(0x17BECF),
                    new Color(0x7F7F7F));

    private final Path directory;

    public Plots(Path directory) {
        this.directory = directory;
    }

    /**
     * Writes {@code losses.png}, {@code gradient_norms.png} and, with evaluations, {@code
     * accuracy.png}.
     *
     * @param students what they are called, by id
     * @param teacherTop1 drawn as a line to compare with
     * @param naiveTop1 likewise
     */
    public void draw(List<String> students, OptionalDouble teacherTop1, OptionalDouble naiveTop1) {
        ifPossible(
                () -> {
                    Path metrics = directory.resolve("metrics.csv");
                    if (Files.exists(metrics)) {
                        List<Map<String, String>> rows = thinned(metrics);
                        save(losses(rows), "losses.png");
                        save(gradientNorms(rows), "gradient_norms.png");
                    }
                    Path accuracy = directory.resolve("accuracy.csv");
                    if (Files.exists(accuracy)) {
                        save(
                                accuracy(
                                        AccuracyCsv.read(accuracy),
                                        students,
                                        teacherTop1,
                                        naiveTop1),
                                "accuracy.png");
                    }
                });
    }

    /**
     * Evenly spaced rows and the last one: all those of a run of weeks would not fit into memory.
     */
    private static List<Map<String, String>> thinned(Path metrics) throws IOException {
        AtomicLong count = new AtomicLong();
        MetricsCsv.forEach(metrics, row -> count.incrementAndGet());
        long stride = Math.max(1, count.get() / MOST_POINTS);
        long last = count.get() - 1;
        AtomicLong at = new AtomicLong();
        List<Map<String, String>> rows = new ArrayList<>();
        MetricsCsv.forEach(
                metrics,
                row -> {
                    long index = at.getAndIncrement();
                    if (index % stride == 0 || index == last) {
                        rows.add(row);
                    }
                });
        return rows;
    }

    /** Something that draws and writes. */
    interface Drawing {
        void draw() throws IOException;
    }

    /** Draws, or says why not. */
    static void ifPossible(Drawing drawing) {
        try {
            drawing.draw();
        } catch (IOException | RuntimeException | LinkageError | InternalError e) {
            LOG.warn(
                    "No plots: Java cannot draw here ({}); install fontconfig and a font"
                            + " (apt-get install fontconfig fonts-dejavu-core)",
                    e.toString());
            LOG.debug("why the plots failed", e);
        }
    }

    private static XYChart losses(List<Map<String, String>> rows) {
        XYChart chart = chart("Losses (those above 0)", "step", "loss");
        chart.getStyler().setYAxisLogarithmic(true);
        lossColumns(rows).forEach(column -> series(chart, rows, column));
        return chart;
    }

    /** From all rows: a student that was put aside or is behind is not in the last. */
    static List<String> lossColumns(List<Map<String, String>> rows) {
        return rows.stream()
                .flatMap(row -> row.keySet().stream())
                .distinct()
                .filter(name -> name.matches("(generator|student\\d*)_.*"))
                .filter(
                        name ->
                                !name.matches(
                                        ".*_(update_ratio|gradient_norm|gradient_norm_limit)"))
                .sorted()
                .toList();
    }

    private static XYChart gradientNorms(List<Map<String, String>> rows) {
        XYChart chart = chart("Gradient norms before clipping", "step", "global L2 norm");
        chart.getStyler().setYAxisLogarithmic(true);
        series(chart, rows, "generator_gradient_norm");
        rows.stream()
                .flatMap(row -> row.keySet().stream())
                .distinct()
                .filter(name -> name.matches("student\\d*_gradient_norm"))
                .sorted()
                .forEach(name -> series(chart, rows, name));
        return chart;
    }

    private static XYChart accuracy(
            List<Evaluation> evaluations,
            List<String> students,
            OptionalDouble teacher,
            OptionalDouble naive) {
        XYChart chart = chart("Accuracy on the evaluation images", "step", "top-1, %");
        Map<Integer, List<Evaluation>> byStudent =
                evaluations.stream()
                        .collect(
                                Collectors.groupingBy(
                                        Evaluation::student, TreeMap::new, Collectors.toList()));
        byStudent.forEach(
                (id, each) -> {
                    XYSeries series =
                            chart.addSeries(
                                    StudentNames.of(students, id),
                                    each.stream().map(one -> (double) one.step()).toList(),
                                    each.stream().map(Evaluation::top1).toList());
                    series.setMarker(SeriesMarkers.CIRCLE);
                });
        if (!evaluations.isEmpty()) {
            double last = evaluations.get(evaluations.size() - 1).step();
            List<Double> ends = List.of(0.0, last);
            teacher.ifPresent(value -> level(chart, "teacher (float32)", ends, value));
            naive.ifPresent(value -> level(chart, "naive rounding", ends, value));
        }
        return chart;
    }

    private static void level(XYChart chart, String name, List<Double> ends, double value) {
        XYSeries series = chart.addSeries(name, ends, List.of(value, value));
        series.setMarker(SeriesMarkers.NONE);
        series.setLineStyle(
                new BasicStroke(
                        1.5f,
                        BasicStroke.CAP_BUTT,
                        BasicStroke.JOIN_BEVEL,
                        0,
                        new float[] {6, 4},
                        0));
    }

    /** Only what a logarithmic axis can show: finite values above 0. */
    private static void series(XYChart chart, List<Map<String, String>> rows, String column) {
        List<Double> steps = new ArrayList<>();
        List<Double> values = new ArrayList<>();
        for (int i = 0; i < rows.size(); i++) {
            String cell = rows.get(i).get(column);
            double value = cell == null ? Double.NaN : Double.parseDouble(cell);
            if (value > 0 && value < Double.POSITIVE_INFINITY) {
                steps.add(Double.parseDouble(rows.get(i).get("step")));
                values.add(value);
            }
        }
        if (!steps.isEmpty()) {
            chart.addSeries(column.replace('_', ' '), unevenly(steps), values);
        }
    }

    /** XChart puts ticks at evenly spaced data points (41, 82, …) instead of round numbers. */
    static List<Double> unevenly(List<Double> steps) {
        List<Double> moved = new ArrayList<>(steps);
        moved.set(0, steps.get(0) - 0.5);
        return moved;
    }

    /** An empty chart in the style of all. */
    static XYChart chart(String title, String x, String y) {
        XYChart chart =
                new XYChartBuilder()
                        .width(WIDTH)
                        .height(HEIGHT)
                        .title(title)
                        .xAxisTitle(x)
                        .yAxisTitle(y)
                        .build();
        chart.getStyler()
                .setDefaultSeriesRenderStyle(XYSeries.XYSeriesRenderStyle.Line)
                .setMarkerSize(6)
                .setSeriesColors(COLOURS.toArray(Color[]::new))
                .setSeriesMarkers(new org.knowm.xchart.style.markers.Marker[] {SeriesMarkers.NONE})
                .setLegendPosition(Styler.LegendPosition.OutsideE)
                .setChartBackgroundColor(Color.WHITE)
                .setPlotBorderVisible(false);
        return chart;
    }

    private void save(XYChart chart, String name) throws IOException {
        if (chart.getSeriesMap().isEmpty()) {
            return;
        }
        writePng(BitmapEncoder.getBufferedImage(chart), directory.resolve(name));
    }

    static void writePng(BufferedImage image, Path file) throws IOException {
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        ImageIO.write(image, "png", bytes);
        DurableFiles.replace(file, bytes.toByteArray());
    }
}
