package io.aktnode.ops.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aktnode.actors.run.Evaluation;
import io.aktnode.actors.run.Intervention;
import io.aktnode.nn.train.Schedule;
import java.io.ByteArrayOutputStream;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ProgressTest {

    private final ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    private long now;

    private Progress progress(boolean interactive) {
        return new Progress(
                new Terminal(
                        new PrintStream(bytes, true, StandardCharsets.UTF_8), interactive, 200),
                Schedule.of(6, 100),
                List.of("student"),
                Duration.ofSeconds(10),
                () -> now);
    }

    private void steps(Progress progress, int from, int to, Duration each) {
        for (int step = from; step < to; step++) {
            now += each.toNanos();
            progress.onStep(Samples.metrics(step, step < 400));
        }
    }

    private List<String> lines() {
        return bytes.toString(StandardCharsets.UTF_8).lines().toList();
    }

    @Test
    void writesAPlainLineEveryTenSecondsIntoAPipe() {
        Progress progress = progress(false);

        steps(progress, 0, 100, Duration.ofMillis(250));

        assertEquals(
                List.of(
                        "epoch 1/6  step 40/600  4.0 steps/s  2:20 left  loss G 4.50  calibrating",
                        "epoch 1/6  step 80/600  4.0 steps/s  2:10 left  loss G 4.50  calibrating"),
                lines());
    }

    @Test
    void showsTheStudentsLossAndGradientOnceItIsTrained() {
        Progress progress = progress(false);

        steps(progress, 480, 481, Duration.ofSeconds(1));
        steps(progress, 481, 500, Duration.ofSeconds(1));

        assertEquals(
                "epoch 5/6  step 490/600  1.0 steps/s  1:50 left  loss G 4.50 S 2.50  |grad| 10.3",
                lines().get(0));
    }

    @Test
    void saysWhatWasEvaluatedAndWhatTheSupervisorDid() {
        Progress progress = progress(false);

        progress.onEvaluation(new Evaluation(0, 5, 500, 79.136));
        progress.onIntervention(
                new Intervention(
                        501, "student", "rescale", "gradient norm 12000 is a spike", Map.of()));

        assertEquals(
                List.of(
                        "epoch 5/6  step 500  student 79.14 % top-1",
                        "step 501  student: rescale, gradient norm 12000 is a spike"),
                lines());
    }

    @Test
    void writesTimesAsAClock() {
        assertEquals("0:05", StepLine.clock(5.2));
        assertEquals("1:15", StepLine.clock(75));
        assertEquals("1:01:40", StepLine.clock(3700));
        assertEquals("?", StepLine.clock(Double.NaN));
    }
}
