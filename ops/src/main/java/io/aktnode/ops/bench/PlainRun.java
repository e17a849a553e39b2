package io.aktnode.ops.bench;

import io.aktnode.nn.train.GeneratorRole;
import io.aktnode.nn.train.PlainLoop;
import io.aktnode.nn.train.StudentRole;
import io.aktnode.nn.train.TeacherRole;
import io.aktnode.nn.train.UpdateGate;
import io.aktnode.ops.job.EngineRoles;
import io.aktnode.ops.report.Terminal;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Optional;
import java.util.stream.IntStream;

/** The same steps in the plain loop: what the arithmetic takes without actors and transport. */
final class PlainRun {

    private static final double NS_PER_SECOND = 1e9;

    private final Terminal terminal;
    private final Cancellation cancellation;

    PlainRun(Terminal terminal, Cancellation cancellation) {
        this.terminal = terminal;
        this.cancellation = cancellation;
    }

    /** How long each step that counts took, s; empty if it was cancelled. */
    Optional<double[]> run(BenchSpec spec) {
        StepClock clock = new StepClock(spec.totalSteps(), System::nanoTime, () -> {});
        // Nothing is written: the loop has no checkpoints.
        try (EngineRoles engine = new EngineRoles(spec.teacher(), spec.run(Path.of("unused")))) {
            List<StudentRole> students = new ArrayList<>();
            try (GeneratorRole generator = engine.generator();
                    TeacherRole teacher = engine.teacher()) {
                int count = spec.students().size();
                for (int id = 0; id < count; id++) {
                    students.add(engine.student(id, spec.students().get(id)));
                }
                PlainLoop loop =
                        new PlainLoop(
                                spec.shortTraining(),
                                generator,
                                teacher,
                                students,
                                UpdateGate.finiteOnly(),
                                Collections.nCopies(count, UpdateGate.finiteOnly()));
                for (int step = 0; step < spec.totalSteps(); step++) {
                    if (cancellation.asked()) {
                        return Optional.empty();
                    }
                    loop.step(step);
                    clock.finished(step);
                    terminal.live(SystemRun.describe(spec, step) + " in the plain loop");
                }
            } finally {
                students.forEach(StudentRole::close);
            }
        } finally {
            terminal.endLive();
        }
        return Optional.of(
                IntStream.range(spec.firstStep(), spec.totalSteps())
                        .mapToDouble(step -> clock.finishedNs(step) - clock.finishedNs(step - 1))
                        .map(ns -> ns / NS_PER_SECOND)
                        .toArray());
    }
}
