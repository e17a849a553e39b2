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

/** The same steps in the plain loop: what the arithmetic takes without actors and transport. */
final class PlainRun {

    private final Terminal terminal;
    private final Cancellation cancellation;

    PlainRun(Terminal terminal, Cancellation cancellation) {
        this.terminal = terminal;
        this.cancellation = cancellation;
    }

    /** Empty if it was cancelled. */
    Optional<StepFigures> run(BenchSpec spec) {
        PhaseLog log = new PhaseLog(System::nanoTime);
        StepClock clock = new StepClock(spec.totalSteps(), System::nanoTime, () -> {});
        // Nothing is written: the loop has no checkpoints.
        try (EngineRoles engine = new EngineRoles(spec.teacher(), spec.run(Path.of("unused")))) {
            TimedRoles roles = new TimedRoles(engine, spec.studentNames(), log);
            List<StudentRole> students = new ArrayList<>();
            try (GeneratorRole generator = roles.generator();
                    TeacherRole teacher = roles.teacher()) {
                int count = spec.students().size();
                for (int id = 0; id < count; id++) {
                    students.add(roles.student(id));
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
        return Optional.of(StepFigures.of(clock, log, spec.firstStep(), spec.steps(), 1));
    }
}
