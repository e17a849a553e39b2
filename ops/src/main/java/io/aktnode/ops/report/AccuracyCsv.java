package io.aktnode.ops.report;

import io.aktnode.actors.run.Evaluation;
import io.aktnode.actors.run.RunListener;
import io.aktnode.nn.model.DurableFiles;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Writes one row for each evaluation of the student; the file is replaced as a whole, so that one
 * that could not be written has all rows when it can be again.
 */
public final class AccuracyCsv implements RunListener {

    private static final Logger LOG = LoggerFactory.getLogger(AccuracyCsv.class);
    private static final String HEADER = "epoch,step,student,student_top1";

    private final Path file;
    private final List<Evaluation> evaluations = new ArrayList<>();

    /**
     * @param resume whether evaluations that are there are kept
     */
    public AccuracyCsv(Path file, boolean resume) {
        this.file = file;
        try {
            if (resume && Files.exists(file)) {
                evaluations.addAll(read(file));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file + ": " + e.getMessage(), e);
        }
    }

    @Override
    public void onEvaluation(Evaluation evaluation) {
        evaluations.removeIf(
                earlier ->
                        earlier.step() > evaluation.step()
                                || earlier.step() == evaluation.step()
                                        && earlier.student() == evaluation.student());
        evaluations.add(evaluation);
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        for (Evaluation each : evaluations) {
            text.append(each.epoch())
                    .append(',')
                    .append(each.step())
                    .append(',')
                    .append(each.student())
                    .append(',')
                    .append(each.top1())
                    .append('\n');
        }
        try {
            DurableFiles.replace(file, text.toString().getBytes(StandardCharsets.UTF_8));
        } catch (IOException e) {
            LOG.warn(
                    "{} cannot be written ({}); that is tried again with the next evaluation",
                    file,
                    e.toString());
        }
    }

    static List<Evaluation> read(Path file) throws IOException {
        List<Evaluation> evaluations = new ArrayList<>();
        List<String> lines = Files.readAllLines(file);
        for (String line : lines.subList(Math.min(1, lines.size()), lines.size())) {
            String[] cells = line.split(",");
            evaluations.add(
                    new Evaluation(
                            Integer.parseInt(cells[2]),
                            Integer.parseInt(cells[0]),
                            Long.parseLong(cells[1]),
                            Double.parseDouble(cells[3])));
        }
        return evaluations;
    }
}
