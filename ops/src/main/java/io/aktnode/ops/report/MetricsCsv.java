package io.aktnode.ops.report;

import io.aktnode.actors.run.RunListener;
import io.aktnode.actors.run.StepMetrics;
import io.aktnode.actors.run.StudentStep;
import io.aktnode.nn.model.DurableFiles;
import io.aktnode.protocol.control.StepReport;
import java.io.BufferedReader;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.io.Writer;
import java.nio.channels.Channels;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one row for each step. The loss parts depend on the method, so their columns are added
 * when they first appear; a value a role did not compute is an empty cell. After a resume the rows
 * of steps that are done again are dropped. A run of weeks has millions of rows: nothing here holds
 * more than one of them. A row that cannot be written is lost, the next is tried again. One thread.
 */
public final class MetricsCsv implements RunListener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(MetricsCsv.class);

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

    /** Where that column is in each row. */
    private static final int STEP = 0;

    private final Path file;
    private final boolean resume;
    private final List<String> columns = new ArrayList<>();
    private FileChannel rows;

    /** Whether the file is this writer's by now. */
    private boolean begun;

    /** The first that was to be written. */
    private long firstStep = -1;

    /** Rows that could not be written since the last that could. */
    private int missing;

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
            if (!begun) {
                begin(row, metrics.step());
            } else if (addMissing(row) || rows == null) {
                rewrite(true, Long.MAX_VALUE, row);
            } else {
                DurableFiles.append(rows, line(row).getBytes(StandardCharsets.UTF_8));
            }
            if (missing > 0) {
                LOG.warn("{} is written again; {} rows are missing in it", file, missing);
                missing = 0;
            }
        } catch (IOException e) {
            if (missing++ == 0) {
                LOG.warn(
                        "{} cannot be written ({}); the run goes on without it until it can",
                        file,
                        e.toString());
            }
        }
    }

    private void begin(Map<String, String> row, long step) throws IOException {
        if (firstStep < 0) {
            firstStep = step;
        }
        List<String> header = resume && Files.exists(file) ? header() : List.of();
        boolean kept = header.containsAll(FIRST);
        columns.clear();
        columns.addAll(kept ? header : FIRST);
        addMissing(row);
        rewrite(kept, firstStep, row);
        begun = true;
    }

    /** Of the rows that are there; none in an empty file. */
    private List<String> header() throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            String names = lines.readLine();
            return names == null ? List.of() : List.of(names.split(",", -1));
        }
    }

    /** Whether there were columns to be added. */
    private boolean addMissing(Map<String, String> row) {
        List<String> missing =
                row.keySet().stream().filter(name -> !columns.contains(name)).toList();
        return columns.addAll(missing);
    }

    /**
     * Begins the file anew under the columns there are now.
     *
     * @param kept whether with the rows that are there, of steps before {@code step}
     * @param row the last; nobody is to see the file without it, and take the run for further on
     */
    private void rewrite(boolean kept, long step, Map<String, String> row) throws IOException {
        close();
        DurableFiles.replace(
                file,
                channel -> {
                    Writer text =
                            new BufferedWriter(Channels.newWriter(channel, StandardCharsets.UTF_8));
                    text.write(String.join(",", columns) + "\n");
                    if (kept && Files.exists(file)) {
                        copy(text, step);
                    }
                    text.write(line(row));
                    text.flush();
                    return text;
                });
        rows = FileChannel.open(file, StandardOpenOption.APPEND);
    }

    /** Columns are only ever added behind the others, so a row only becomes longer. */
    private void copy(Writer text, long step) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            int there = lines.readLine().split(",", -1).length;
            String missing = ",".repeat(columns.size() - there) + "\n";
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] cells = line.split(",", -1);
                if (cells.length == there && Long.parseLong(cells[STEP]) < step) {
                    text.write(line + missing);
                }
            }
        }
    }

    private String line(Map<String, String> row) {
        return String.join(",", columns.stream().map(name -> row.getOrDefault(name, "")).toList())
                + "\n";
    }

    /**
     * Reads a metrics file row by row, each by column; a last line that was cut off is left out.
     *
     * @throws IOException when it cannot be read
     */
    public static void forEach(Path file, Consumer<Map<String, String>> reader) throws IOException {
        try (BufferedReader lines = Files.newBufferedReader(file)) {
            String first = lines.readLine();
            String[] names = first == null ? new String[0] : first.split(",", -1);
            for (String line = lines.readLine(); line != null; line = lines.readLine()) {
                String[] cells = line.split(",", -1);
                if (cells.length == names.length) {
                    reader.accept(row(names, cells));
                }
            }
        }
    }

    private static Map<String, String> row(String[] names, String[] cells) {
        Map<String, String> row = new TreeMap<>();
        for (int i = 0; i < cells.length; i++) {
            if (!cells[i].isEmpty()) {
                row.put(names[i], cells[i]);
            }
        }
        return row;
    }

    private static Map<String, String> row(StepMetrics metrics) {
        Map<String, String> row = new TreeMap<>();
        row.put("step", Long.toString(metrics.step()));
        row.put("epoch", Integer.toString(metrics.epoch()));
        row.put("calibrating", Boolean.toString(metrics.calibrating()));
        row.put("staleness_batches", Integer.toString(metrics.stalenessBatches()));
        put(row, "seconds", metrics.seconds());
        put(row, "generator_gradient_norm", metrics.generatorGradientNorm());
        put(row, "generator_update_ratio", metrics.generatorUpdateRatio());
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
        if (rows != null) {
            try {
                rows.close();
            } catch (IOException e) {
                throw new UncheckedIOException("cannot write " + file + ": " + e.getMessage(), e);
            } finally {
                rows = null;
            }
        }
    }
}
