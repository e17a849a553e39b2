package io.aktnode.ops.cli;

import io.aktnode.actors.run.RunOutcome;
import io.aktnode.actors.run.RunSpec;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.ops.config.Settings;
import io.aktnode.ops.job.EngineRoles;
import io.aktnode.ops.job.NewestCheckpoint;
import io.aktnode.ops.job.QuantizationJob;
import io.aktnode.ops.job.Runs;
import io.aktnode.ops.report.AccuracyCsv;
import io.aktnode.ops.report.AsyncListener;
import io.aktnode.ops.report.MetricsCsv;
import io.aktnode.ops.report.Plots;
import io.aktnode.ops.report.Progress;
import io.aktnode.ops.report.Result;
import io.aktnode.ops.report.ResultJson;
import io.aktnode.ops.report.ResultTable;
import io.aktnode.ops.report.StudentNames;
import io.aktnode.ops.report.Terminal;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/** Runs a job while a person waits: progress, results, the table, and a clean end on Ctrl-C. */
final class RunInForeground {

    private final Terminal terminal;
    private final Settings settings;
    private final Runs runs;
    private final Supplier<Stopping> stopping;
    private final NewestCheckpoint newest = new NewestCheckpoint();

    RunInForeground(Console console, Settings settings, Runs runs, Supplier<Stopping> stopping) {
        this.terminal = console.terminal();
        this.settings = settings;
        this.runs = runs;
        this.stopping = stopping;
    }

    /** Returns the exit code. */
    int run(QuantizationJob job) throws IOException, InterruptedException {
        long started = System.nanoTime();
        Path out = job.spec().directory();
        announce(job);
        QuantizationJob.Baseline baseline = job.baseline();
        announce(job, baseline);
        try (Stopping stop = stopping.get();
                EngineRoles roles = new EngineRoles(job.teacher(), job.spec())) {
            RunOutcome outcome = follow(job, roles, stop);
            Result result = job.finish(baseline, outcome, (System.nanoTime() - started) / 1e9);
            ResultJson.write(result, settings.effective(), out.resolve("result.json"));
            // Java does not draw in a process that is being stopped.
            if (result.completed() && settings.akt().flag("report.plots")) {
                new Plots(out)
                        .draw(
                                StudentNames.of(job.spec().students()),
                                result.teacherTop1(),
                                result.students().get(0).naiveTop1());
                newest.drawSamples(
                        roles, job.teacher().normalization(), out.resolve("synthetic_images.png"));
            }
            conclude(result, job.spec());
            return exitCode(result);
        }
    }

    private static int exitCode(Result result) {
        if (!result.completed()) {
            return ExitCode.INTERRUPTED;
        }
        return result.allStudents() ? ExitCode.OK : ExitCode.QUARANTINED;
    }

    private RunOutcome follow(QuantizationJob job, EngineRoles roles, Stopping stop)
            throws InterruptedException {
        Path out = job.spec().directory();
        boolean resume = job.spec().resume();
        Progress progress =
                new Progress(
                        terminal,
                        job.spec().training().schedule(),
                        StudentNames.of(job.spec().students()),
                        settings.akt().duration("report.progress-every"),
                        System::nanoTime);
        try (MetricsCsv metrics = new MetricsCsv(out.resolve("metrics.csv"), resume);
                AsyncListener listener =
                        new AsyncListener(
                                List.of(
                                        metrics,
                                        new AccuracyCsv(out.resolve("accuracy.csv"), resume),
                                        newest,
                                        progress))) {
            Runs.Handle run = job.start(runs, roles, listener);
            stop.onStop(
                    () -> {
                        terminal.line("stopping after a last checkpoint ...");
                        run.cancel();
                    });
            return run.await();
        } finally {
            terminal.endLive();
        }
    }

    private void announce(QuantizationJob job) {
        TrainingConfig training = job.spec().training();
        terminal.line(
                String.format(
                        Locale.ROOT,
                        "%s (%s, %d classes) to %s by %s%s",
                        job.teacher().name(),
                        job.teacher().architecture().name(),
                        job.teacher().architecture().classes(),
                        widths(job.spec().students()),
                        training.method().base().label(),
                        training.method().akt() ? " with AKT" : ""));
        terminal.line(
                String.format(
                        Locale.ROOT,
                        "%d epochs of %d steps of %d images, %d of them calibrate; seed %d, window"
                                + " %d, %d threads",
                        training.schedule().epochs(),
                        training.schedule().stepsPerEpoch(),
                        training.batchSize(),
                        training.schedule().calibrationEpochs(),
                        training.seed(),
                        job.spec().window(),
                        job.spec().cores()));
        if (training.schedule().calibrationEpochs() >= training.schedule().epochs()) {
            terminal.line("every epoch calibrates: the student's weights will not be trained");
        }
    }

    private static String widths(List<QuantizationConfig> students) {
        QuantizationConfig first = students.get(0);
        return students.size() == 1
                ? first.weightBits()
                        + "-bit weights and "
                        + first.activationBits()
                        + "-bit activations"
                : students.stream()
                                .map(bits -> String.valueOf(bits.weightBits()))
                                .collect(Collectors.joining(", "))
                        + " bits at once";
    }

    private void announce(QuantizationJob job, QuantizationJob.Baseline baseline) {
        if (baseline.teacherTop1().isPresent()) {
            terminal.line(
                    String.format(
                            Locale.ROOT,
                            "on %d images never trained on: teacher %.2f %% top-1, naive rounding"
                                    + " %s %%",
                            job.evaluationImages(),
                            baseline.teacherTop1().getAsDouble(),
                            baseline.naiveTop1().stream()
                                    .map(
                                            naive ->
                                                    String.format(
                                                            Locale.ROOT,
                                                            "%.2f",
                                                            naive.getAsDouble()))
                                    .collect(Collectors.joining(" / "))));
        } else {
            terminal.line("no --eval images: accuracies are not measured");
        }
    }

    private void conclude(Result result, RunSpec spec) {
        terminal.line("");
        ResultTable.lines(result).forEach(terminal::line);
        terminal.line("");
        terminal.line(
                String.format(
                        Locale.ROOT,
                        "%s after %d steps, %.0f s; everything is in %s",
                        result.completed() ? "done" : "ended early",
                        result.steps(),
                        result.wallSeconds(),
                        spec.directory()));
        if (!result.completed()) {
            terminal.line(
                    spec.resume()
                            ? "the same command goes on from here"
                            : "the same command with --resume goes on from here");
        }
    }
}
