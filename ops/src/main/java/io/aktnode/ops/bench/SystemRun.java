package io.aktnode.ops.bench;

import io.aktnode.actors.run.Intervention;
import io.aktnode.actors.run.RunListener;
import io.aktnode.actors.run.RunOutcome;
import io.aktnode.actors.run.RunSpec;
import io.aktnode.actors.run.StepMetrics;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.ops.job.EngineRoles;
import io.aktnode.ops.job.Runs;
import io.aktnode.ops.report.AsyncListener;
import io.aktnode.ops.report.MetricsCsv;
import io.aktnode.ops.report.Terminal;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicReference;
import java.util.stream.Stream;

/**
 * The real system for a few steps: actors, Aeron, checkpoints and metrics, in a directory that is
 * removed afterwards.
 */
final class SystemRun {

    private final Runs runs;
    private final Terminal terminal;
    private final Cancellation cancellation;

    SystemRun(Runs runs, Terminal terminal, Cancellation cancellation) {
        this.runs = runs;
        this.terminal = terminal;
        this.cancellation = cancellation;
    }

    /**
     * What was seen.
     *
     * @param memory when the last step was finished
     * @param interventions of the supervisor; a run with any is no fair measurement
     */
    record Seen(StepFigures figures, ProcessMemory memory, List<Intervention> interventions) {}

    /** Empty if it was cancelled. */
    Optional<Seen> run(BenchSpec spec) throws InterruptedException {
        Path directory = temporaryDirectory();
        try {
            return run(spec, directory);
        } finally {
            terminal.endLive();
            delete(directory);
        }
    }

    private Optional<Seen> run(BenchSpec spec, Path directory) throws InterruptedException {
        RunSpec run = spec.run(directory);
        PhaseLog log = new PhaseLog(System::nanoTime);
        AtomicReference<ProcessMemory> memory = new AtomicReference<>();
        StepClock clock =
                new StepClock(
                        spec.totalSteps(),
                        System::nanoTime,
                        () -> memory.set(ProcessMemory.read()));
        try (EngineRoles roles = new EngineRoles(spec.teacher(), run);
                MetricsCsv metrics = new MetricsCsv(directory.resolve("metrics.csv"), false);
                AsyncListener reports = new AsyncListener(List.of(metrics, progress(spec)))) {
            Runs.Handle handle =
                    runs.start(
                            run,
                            new TimedRoles(roles, spec.studentNames(), log),
                            new Both(clock, reports));
            cancellation.onCancel(handle::cancel);
            RunOutcome outcome = handle.await();
            if (!outcome.completed()) {
                return Optional.empty();
            }
            return Optional.of(
                    new Seen(
                            StepFigures.of(
                                    clock, log, spec.firstStep(), spec.steps(), spec.window()),
                            memory.get(),
                            outcome.interventions()));
        } finally {
            cancellation.onCancel(() -> {});
        }
    }

    private RunListener progress(BenchSpec spec) {
        return new RunListener() {
            @Override
            public void onStep(StepMetrics metrics) {
                terminal.live(describe(spec, metrics.step()) + " through the actors");
            }
        };
    }

    /** Where a measurement is, for people. */
    static String describe(BenchSpec spec, long step) {
        TrainingConfig training = spec.training();
        String what =
                step < BenchSpec.CALIBRATION_STEPS
                        ? "calibrating"
                        : step < spec.firstStep() ? "warming up" : "measuring";
        return String.format(
                "%s  step %d/%d of %d images",
                what, step + 1, spec.totalSteps(), training.batchSize());
    }

    private static Path temporaryDirectory() {
        try {
            return Files.createTempDirectory("akt-bench-");
        } catch (IOException e) {
            throw new UncheckedIOException("no temporary directory for the run", e);
        }
    }

    private static void delete(Path directory) {
        try (Stream<Path> found = Files.walk(directory)) {
            for (Path path : found.sorted(Comparator.reverseOrder()).toList()) {
                Files.delete(path);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(directory + " could not be removed", e);
        }
    }

    /** Times on the supervisor's thread, everything else off it, as in a real run. */
    private record Both(StepClock clock, AsyncListener reports) implements RunListener {

        @Override
        public void onStep(StepMetrics metrics) {
            clock.onStep(metrics);
            reports.onStep(metrics);
        }

        @Override
        public void onIntervention(Intervention intervention) {
            reports.onIntervention(intervention);
        }

        @Override
        public void onCheckpoint(long step, Path directory) {
            clock.onCheckpoint(step, directory);
            reports.onCheckpoint(step, directory);
        }
    }
}
