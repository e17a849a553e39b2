package io.aktnode.ops.report;

import io.aktnode.actors.run.Evaluation;
import io.aktnode.actors.run.Intervention;
import io.aktnode.actors.run.RunListener;
import io.aktnode.actors.run.StepMetrics;
import io.aktnode.nn.train.Schedule;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.function.LongSupplier;

/** Shows how far a run is, and a line for each evaluation and each intervention. One thread. */
public final class Progress implements RunListener {

    private final Terminal terminal;
    private final Schedule schedule;
    private final List<String> students;
    private final StepLine line;

    /**
     * @param students what they are called, by id
     * @param every time between two plain lines where there is no terminal
     * @param nanoTime monotonic clock
     */
    public Progress(
            Terminal terminal,
            Schedule schedule,
            List<String> students,
            Duration every,
            LongSupplier nanoTime) {
        this.terminal = terminal;
        this.schedule = schedule;
        this.students = List.copyOf(students);
        this.line =
                new StepLine(
                        terminal, schedule.epochs(), schedule.stepsPerEpoch(), every, nanoTime);
    }

    @Override
    public void onStep(StepMetrics step) {
        line.show(step.step(), () -> details(step));
    }

    @Override
    public void onEvaluation(Evaluation evaluation) {
        terminal.line(
                String.format(
                        Locale.ROOT,
                        "epoch %d/%d  step %d  %s %.2f %% top-1",
                        evaluation.epoch(),
                        schedule.epochs(),
                        evaluation.step(),
                        StudentNames.of(students, evaluation.student()),
                        evaluation.top1()));
    }

    @Override
    public void onIntervention(Intervention intervention) {
        terminal.line(
                "step "
                        + intervention.step()
                        + "  "
                        + intervention.role()
                        + ": "
                        + intervention.action()
                        + ", "
                        + intervention.reason());
    }

    private static String details(StepMetrics step) {
        StringBuilder text = new StringBuilder("loss");
        append(text, "G", step.generatorLosses().get("total"));
        if (step.calibrating()) {
            text.append("  calibrating");
        } else {
            append(text, "S", step.studentLosses().get("total"));
            append(text, " |grad|", step.studentGradientNorm());
        }
        return text.toString();
    }

    private static void append(StringBuilder text, String name, Double value) {
        if (value != null && !value.isNaN()) {
            text.append(String.format(Locale.ROOT, " %s %.3g", name, value));
        }
    }
}
