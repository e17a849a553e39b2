package io.aktnode.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.actors.run.RoleFactory;
import io.aktnode.actors.run.RunListener;
import io.aktnode.actors.run.RunOutcome;
import io.aktnode.actors.run.RunSpec;
import io.aktnode.actors.run.StepMetrics;
import io.aktnode.actors.run.StudentOutcome;
import io.aktnode.actors.run.StudentStep;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.MethodConfig;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.Schedule;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.ops.job.Runs;
import io.aktnode.ops.report.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.atomic.AtomicLong;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class ScalingBenchTest {

    @TempDir Path directory;

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final AtomicLong nowNs = new AtomicLong();
    private final Cancellation cancellation = new Cancellation();
    private final List<RunSpec> started = new ArrayList<>();
    private Runnable duringRun = () -> {};

    @Test
    void everyCaseIsMeasuredOnce() throws Exception {
        ScalingResult result = measure(Duration.ofMinutes(1)).orElseThrow();

        List<String> rows = result.csv().lines().toList();
        assertEquals(1 + 6 + 3 + 4, rows.size());
        assertTrue(rows.get(1).startsWith("batch,16,20,1,"), rows.get(1));
        assertTrue(rows.get(6).startsWith("batch,512,20,1,"), rows.get(6));
        assertTrue(rows.get(7).startsWith("depth,16,8,1,"), rows.get(7));
        assertTrue(rows.get(9).startsWith("depth,16,56,1,"), rows.get(9));
        assertTrue(rows.get(10).startsWith("students,16,20,1,"), rows.get(10));
        assertTrue(rows.get(13).startsWith("students,16,20,4,"), rows.get(13));
        // ResNet-20 with one student at a batch of 16 is part of all sweeps.
        assertEquals(
                List.of(16, 32, 64, 128, 256, 512, 16, 16, 16, 16, 16),
                started.stream().map(spec -> spec.training().batchSize()).toList());
        assertEquals(
                List.of(1, 1, 1, 1, 1, 1, 1, 1, 2, 3, 4),
                started.stream().map(spec -> spec.students().size()).toList());
    }

    @Test
    void theResultIsWrittenAsTableAndPlot() throws Exception {
        measure(Duration.ofMinutes(1)).orElseThrow().write(directory);

        assertEquals(14, Files.readAllLines(directory.resolve("scaling.csv")).size());
        assertTrue(ImageIO.read(directory.resolve("scaling.png").toFile()).getWidth() > 1000);
    }

    @Test
    void noCaseBeginsWhenTheTimeIsOver() throws Exception {
        duringRun = () -> nowNs.addAndGet(Duration.ofSeconds(25).toNanos());

        ScalingResult result = measure(Duration.ofMinutes(1)).orElseThrow();

        assertEquals(3, started.size());
        assertEquals(1 + 3 + 1 + 1, result.csv().lines().count());
        String said = out.toString(StandardCharsets.UTF_8);
        assertTrue(
                said.contains("resnet20, batch 512, one student: left out, the time is over"),
                said);
    }

    @Test
    void aCancelledBenchHasNoResult() throws Exception {
        duringRun = cancellation::cancel;

        assertTrue(measure(Duration.ofMinutes(1)).isEmpty());
        assertEquals(1, started.size());
    }

    @Test
    void theRunsLeaveNothingBehind() throws Exception {
        measure(Duration.ofMinutes(1)).orElseThrow();

        for (RunSpec spec : started) {
            assertFalse(Files.exists(spec.directory()), spec.directory().toString());
        }
    }

    private Optional<ScalingResult> measure(Duration time) throws InterruptedException {
        Terminal terminal =
                new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), false, 80);
        TrainingConfig training =
                TrainingConfig.of(
                        MethodConfig.of(BaseMethod.ADADFQ, true),
                        QuantizationConfig.of(3),
                        Schedule.of(10, 200));
        BenchSpec base =
                new BenchSpec(
                        BenchSettings.untrained("resnet8", 10, 16),
                        training,
                        List.of(),
                        1,
                        1,
                        8,
                        5,
                        200);
        return new ScalingBench(this::start, terminal, cancellation, nowNs::get)
                .measure(base, time);
    }

    /** A run that takes no time. */
    private Runs.Handle start(RunSpec spec, RoleFactory roles, RunListener listener) {
        started.add(spec);
        return new Runs.Handle() {
            @Override
            public RunOutcome await() {
                long steps = spec.training().schedule().totalSteps();
                duringRun.run();
                for (int step = 0; step < steps; step++) {
                    listener.onStep(
                            new StepMetrics(
                                    step,
                                    step,
                                    false,
                                    Map.of(),
                                    1,
                                    1,
                                    Map.of(),
                                    1,
                                    0,
                                    List.of(new StudentStep(Map.of(), 1, 1, Map.of())),
                                    1));
                }
                write(spec.directory().resolve("some-file"));
                return new RunOutcome(
                        List.of(
                                new StudentOutcome(
                                        0,
                                        spec.training().quantization(),
                                        new StateDict(),
                                        OptionalDouble.empty(),
                                        OptionalDouble.empty(),
                                        Optional.empty())),
                        steps,
                        !cancellation.asked(),
                        List.of(),
                        1);
            }

            @Override
            public void cancel() {}
        };
    }

    private static void write(Path file) {
        try {
            Files.writeString(file, "of the run");
        } catch (IOException e) {
            throw new IllegalStateException(e);
        }
    }
}
