package io.aktnode.ops.experiment;

import io.aktnode.ops.bench.Cancellation;
import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.SettingsException;
import io.aktnode.ops.config.SettingsReader;
import io.aktnode.ops.job.Runs;
import io.aktnode.ops.report.GradientPlots;
import io.aktnode.ops.report.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/**
 * Does AKT calm the gradients of low-bit students, as its authors say? Trains students with and
 * without it, from several seeds, with a supervisor that only reports, and writes down what came
 * out after every run, so that an early end leaves something to read.
 */
public final class GradientExperiment {

    private final Runs runs;
    private final Terminal terminal;
    private final Cancellation cancellation;

    public GradientExperiment(Runs runs, Terminal terminal, Cancellation cancellation) {
        this.runs = runs;
        this.terminal = terminal;
        this.cancellation = cancellation;
    }

    /**
     * Runs whatever is not finished yet.
     *
     * @return false when it was cancelled before the end
     * @throws SettingsException for a setting that is wrong, or a directory that holds another
     *     experiment
     */
    public boolean run(Settings settings) throws IOException, InterruptedException {
        SettingsReader akt = settings.akt();
        GradientPlan plan = GradientPlan.read(akt);
        Path out =
                akt.path("out")
                        .orElseThrow(
                                () ->
                                        new SettingsException(
                                                "there is nowhere to write to; give --out DIR"));
        if (Files.exists(out.resolve("runs")) && !akt.flag("resume")) {
            throw new SettingsException(
                    out
                            + " holds an earlier experiment; give --resume to go on with it, or"
                            + " another --out");
        }
        List<GradientTrace> traces = new ArrayList<>();
        List<GradientCell> cells = plan.cells();
        for (int i = 0; i < cells.size(); i++) {
            GradientRun run = new GradientRun(cells.get(i), out, settings);
            terminal.line(
                    "run " + (i + 1) + " of " + cells.size() + ": " + cells.get(i).describe());
            if (run.finished()) {
                terminal.line("finished earlier");
            } else if (cancellation.asked() || !run.run(runs, terminal, cancellation::onCancel)) {
                return false;
            }
            traces.add(run.trace());
            write(settings, plan, traces, out);
        }
        return true;
    }

    private void write(Settings settings, GradientPlan plan, List<GradientTrace> traces, Path out)
            throws IOException {
        SettingsReader akt = settings.akt();
        long warmUp = (long) plan.warmUpEpochs() * akt.integer("schedule.steps-per-epoch");
        GradientReport report =
                new GradientReport(
                        setting(akt), warmUp, traces, GradientSummary.of(traces, warmUp));
        report.write(out);
        GradientPlots.write(GradientBands.rows(traces), out.resolve("gradients.png"));
        if (traces.size() == plan.cells().size()) {
            terminal.line("");
            report.page().forEach(terminal::line);
        }
    }

    private static String setting(SettingsReader akt) {
        return String.format(
                Locale.ROOT,
                "Teacher %s, %s, batches of %d, %d epochs of %d steps, %d of them calibrate.",
                akt.text("teacher.file"),
                akt.text("method.base"),
                akt.integer("batch"),
                akt.integer("schedule.epochs"),
                akt.integer("schedule.steps-per-epoch"),
                akt.integer("schedule.calibration-epochs"));
    }
}
