package io.aktnode.ops.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigRenderOptions;
import io.aktnode.actors.run.RunOutcome;
import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.SettingsException;
import io.aktnode.ops.job.EngineRoles;
import io.aktnode.ops.job.QuantizationJob;
import io.aktnode.ops.job.Runs;
import io.aktnode.ops.report.AccuracyCsv;
import io.aktnode.ops.report.AsyncListener;
import io.aktnode.ops.report.MetricsCsv;
import io.aktnode.ops.report.Progress;
import io.aktnode.ops.report.Result;
import io.aktnode.ops.report.ResultJson;
import io.aktnode.ops.report.StudentNames;
import io.aktnode.ops.report.Terminal;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;

/**
 * One run of the experiment, in a directory of its own: a quantization whose supervisor only
 * reports. What is finished already is not run again, what was begun goes on.
 */
final class GradientRun {

    /** What determines the numbers; a finished run made with other values is refused. */
    private static final List<String> DETERMINING =
            List.of(
                    "batch",
                    "shards",
                    "window",
                    "teacher",
                    "method",
                    "quantization",
                    "schedule",
                    "student",
                    "generator");

    private static final String ORIGIN = "the experiment";

    private final GradientCell cell;
    private final Path directory;
    private final Settings settings;

    GradientRun(GradientCell cell, Path out, Settings experiment) {
        this.cell = cell;
        this.directory = out.resolve("runs").resolve(cell.name());
        this.settings = experiment.with(changes());
    }

    private Map<String, Settings.Flag> changes() {
        Map<String, Object> values = new LinkedHashMap<>();
        values.put("quantization.bits", cell.bits());
        values.put("quantization.weight-bits", cell.bits());
        values.put("quantization.activation-bits", cell.bits());
        values.put("quantization.students", List.of());
        values.put("method.akt", cell.akt());
        values.put("seed", cell.seed());
        values.put("supervisor.dry-run", true);
        values.put("out", directory.toString());
        values.put("resume", Files.exists(directory.resolve("checkpoints")));
        Map<String, Settings.Flag> flags = new LinkedHashMap<>();
        values.forEach((path, value) -> flags.put(path, new Settings.Flag(ORIGIN, value)));
        return flags;
    }

    /** Whether it was finished earlier. */
    boolean finished() throws IOException {
        Path file = directory.resolve("result.json");
        if (!Files.exists(file)) {
            return false;
        }
        JsonNode result = new ObjectMapper().readTree(file.toFile());
        requireSame(result.get("config"));
        return result.get("completed").asBoolean();
    }

    private void requireSame(JsonNode made) throws IOException {
        JsonNode now =
                new ObjectMapper()
                        .readTree(
                                settings.effective().root().render(ConfigRenderOptions.concise()));
        for (String section : DETERMINING) {
            if (!now.get(section).equals(made.get(section))) {
                throw new SettingsException(
                        directory
                                + " was made with "
                                + section
                                + " = "
                                + made.get(section)
                                + ", now it is "
                                + now.get(section)
                                + "; use the same settings or another --out");
            }
        }
    }

    /**
     * Runs to the end, or until it is cancelled.
     *
     * @param started is given what cancels it
     * @return whether it came to its end
     */
    boolean run(Runs runs, Terminal terminal, Consumer<Runnable> started)
            throws IOException, InterruptedException {
        long begun = System.nanoTime();
        QuantizationJob job = QuantizationJob.ofUser(settings);
        RunOutcome outcome;
        try (EngineRoles roles = new EngineRoles(job.teacher(), job.spec())) {
            outcome = follow(job, roles, runs, terminal, started);
        } finally {
            terminal.endLive();
        }
        Result result =
                job.finish(
                        new QuantizationJob.Baseline(
                                OptionalDouble.empty(),
                                Collections.nCopies(1, OptionalDouble.empty())),
                        outcome,
                        (System.nanoTime() - begun) / 1e9);
        ResultJson.write(result, settings.effective(), directory.resolve("result.json"));
        return result.completed();
    }

    private RunOutcome follow(
            QuantizationJob job,
            EngineRoles roles,
            Runs runs,
            Terminal terminal,
            Consumer<Runnable> started)
            throws InterruptedException {
        boolean resume = job.spec().resume();
        Progress progress =
                new Progress(
                        terminal,
                        job.spec().training().schedule(),
                        StudentNames.of(job.spec().students()),
                        settings.akt().duration("report.progress-every"),
                        System::nanoTime);
        try (MetricsCsv metrics = new MetricsCsv(directory.resolve("metrics.csv"), resume);
                AsyncListener listener =
                        new AsyncListener(
                                List.of(
                                        metrics,
                                        new AccuracyCsv(directory.resolve("accuracy.csv"), resume),
                                        progress))) {
            Runs.Handle handle = job.start(runs, roles, listener);
            started.accept(handle::cancel);
            return handle.await();
        }
    }

    GradientTrace trace() throws IOException {
        return GradientTrace.read(cell, directory);
    }
}
