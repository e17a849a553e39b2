package io.aktnode.ops.report;

import io.aktnode.actors.run.RunListener;
import io.aktnode.actors.run.StepMetrics;
import io.aktnode.actors.run.StudentStep;
import io.aktnode.nn.model.DurableFiles;
import io.aktnode.protocol.control.StepReport;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * Writes one row for each step. The loss parts depend on the method, so their columns are added
 * when they first appear; a value a role did not compute is an empty cell. After a resume the rows
 * of steps that are done again are dropped. One thread.
 */
public final class MetricsCsv implements RunListener, AutoCloseable {

    private static final List<String> FIRST =
            List.of(
                    "step",
                    "epoch",
                    "calibrating",
                    "seconds",
                    "generator_gradient_norm",
                    "student_gradient_norm",
                    "teacher_agreement",
                    "update_ratio",
                    "staleness_batches");

    private final Path file;
    private final boolean resume;
    private final List<String> columns = new ArrayList<>();
    private BufferedWriter writer;

    /**
     * @param resume whether rows that are there are kept
     */
    public MetricsCsv(Path file, boolean resume) {
        this.file = file;
        this.resume = resume;
    }

    @Override
    public void onStep(StepMetrics metrics) {
        try {
            Map<String, String> row = row(metrics);
            if (writer == null) {
                start(metrics.step(), row);
            } else if (!columns.containsAll(row.keySet())) {
                close();
                rewrite(read(file), row);
            }
            writer.write(line(row));
            // A killed process loses no row it has finished.
            writer.flush();
        } catch (IOException e) {
            throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
        }
    }

    private void start(long firstStep, Map<String, String> row) throws IOException {
        List<Map<String, String>> kept = new ArrayList<>();
        if (resume && Files.exists(file)) {
            for (Map<String, String> old : read(file)) {
                if (Long.parseLong(old.get("step")) < firstStep) {
                    kept.add(old);
                }
            }
        }
        rewrite(kept, row);
    }

    private void rewrite(List<Map<String, String>> rows, Map<String, String> next)
            throws IOException {
        if (columns.isEmpty()) {
            columns.addAll(FIRST);
        }
        List<Map<String, String>> all = new ArrayList<>(rows);
        all.add(next);
        for (Map<String, String> row : all) {
            row.keySet().stream().filter(name -> !columns.contains(name)).forEach(columns::add);
        }
        StringBuilder text = new StringBuilder(String.join(",", columns)).append('\n');
        rows.forEach(row -> text.append(line(row)));
        DurableFiles.replace(file, text.toString().getBytes(StandardCharsets.UTF_8));
        writer = Files.newBufferedWriter(file, StandardOpenOption.APPEND);
    }

    private String line(Map<String, String> row) {
        return String.join(",", columns.stream().map(name -> row.getOrDefault(name, "")).toList())
                + "\n";
    }

    /**
     * The rows of a metrics file, each by column; a last line that was cut off is left out.
     *
     * @throws IOException when it cannot be read
     */
    public static List<Map<String, String>> read(Path file) throws IOException {
        List<String> lines = Files.readAllLines(file);
        List<Map<String, String>> rows = new ArrayList<>();
        if (lines.isEmpty()) {
            return rows;
        }
        String[] names = lines.get(0).split(",", -1);
        for (String line : lines.subList(1, lines.size())) {
            String[] cells = line.split(",", -1);
            if (cells.length == names.length) {
                Map<String, String> row = new TreeMap<>();
                for (int i = 0; i < cells.length; i++) {
                    if (!cells[i].isEmpty()) {
                        row.put(names[i], cells[i]);
                    }
                }
                rows.add(row);
            }
        }
        return rows;
    }

    private static Map<String, String> row(StepMetrics metrics) {
        Map<String, String> row = new TreeMap<>();
        row.put("step", Long.toString(metrics.step()));
        row.put("epoch", Integer.toString(metrics.epoch()));
        row.put("calibrating", Boolean.toString(metrics.calibrating()));
        row.put("staleness_batches", Integer.toString(metrics.stalenessBatches()));
        put(row, "seconds", metrics.seconds());
        put(row, "generator_gradient_norm", metrics.generatorGradientNorm());
        put(row, "teacher_agreement", metrics.teacherAgreement());
        putMeasure(row, "image_spread", metrics.generatorMeasures(), StepReport.IMAGE_SPREAD);
        putMeasure(row, "class_spread", metrics.generatorMeasures(), StepReport.CLASS_SPREAD);
        putMeasure(
                row,
                "generator_gradient_norm_limit",
                metrics.generatorMeasures(),
                StepReport.NORM_LIMIT);
        metrics.generatorLosses().forEach((part, value) -> put(row, "generator_" + part, value));
        for (int id = 0; id < metrics.students().size(); id++) {
            put(row, metrics.students().get(id), id == 0 ? "" : Integer.toString(id));
        }
        return row;
    }

    /** The first student's columns carry no number. */
    private static void put(Map<String, String> row, StudentStep student, String number) {
        put(row, "student" + number + "_gradient_norm", student.gradientNorm());
        put(row, "update_ratio" + number, student.updateRatio());
        putMeasure(
                row,
                "student" + number + "_gradient_norm_limit",
                student.measures(),
                StepReport.NORM_LIMIT);
        putMeasure(
                row, "activation_reach" + number, student.measures(), StepReport.ACTIVATION_REACH);
        student.losses().forEach((part, value) -> put(row, "student" + number + "_" + part, value));
    }

    /** What a role did not measure, and a limit not known yet, is an empty cell. */
    private static void putMeasure(
            Map<String, String> row, String column, Map<String, Double> measures, String name) {
        double value = measures.getOrDefault(name, Double.NaN);
        if (Double.isFinite(value)) {
            put(row, column, value);
        }
    }

    /** Infinities are kept: they are what a reader looks for. */
    private static void put(Map<String, String> row, String name, double value) {
        if (!Double.isNaN(value)) {
            row.put(name, Float.toString((float) value));
        }
    }

    @Override
    public void close() {
        if (writer != null) {
            try {
                writer.close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
            }
        }
    }
}
