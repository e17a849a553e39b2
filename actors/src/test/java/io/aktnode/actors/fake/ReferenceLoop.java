package io.aktnode.actors.fake;

import io.aktnode.actors.policy.GatePolicy;
import io.aktnode.actors.policy.SpikeGate;
import io.aktnode.actors.run.RoleFactory;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.GeneratorRole;
import io.aktnode.nn.train.GradientReport;
import io.aktnode.nn.train.LogitGradients;
import io.aktnode.nn.train.Schedule;
import io.aktnode.nn.train.StudentRole;
import io.aktnode.nn.train.SyntheticBatch;
import io.aktnode.nn.train.TeacherKnowledge;
import io.aktnode.nn.train.TeacherRole;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.nn.train.UpdateGate;
import java.util.ArrayList;
import java.util.List;

/** A step written down straight, on one thread, without any actor: what lockstep must equal. */
public final class ReferenceLoop {

    /** States of generator and student at the end. */
    public record Result(StateDict generator, StateDict student) {}

    private ReferenceLoop() {}

    public static Result run(
            RoleFactory roles,
            TrainingConfig config,
            UpdateGate ofGenerator,
            UpdateGate ofStudent) {
        return run(roles, config, ofGenerator, ofStudent, config.schedule().totalSteps());
    }

    /** What healthy fakes come to, with the default gates. */
    public static Result undisturbed(TrainingConfig config) {
        return undisturbed(config, config.schedule().totalSteps());
    }

    /** The same, after the first so many steps. */
    public static Result undisturbed(TrainingConfig config, long steps) {
        return run(
                FakeRoles.of(config),
                config,
                new SpikeGate(GatePolicy.defaults()),
                new SpikeGate(GatePolicy.defaults()),
                steps);
    }

    /** The states after the first so many steps. */
    public static Result run(
            RoleFactory roles,
            TrainingConfig config,
            UpdateGate ofGenerator,
            UpdateGate ofStudent,
            long steps) {
        Schedule schedule = config.schedule();
        boolean reads = config.method().base().generatorReadsStudent();
        try (GeneratorRole generator = roles.generator();
                TeacherRole teacher = roles.teacher();
                StudentRole student = roles.student(0, config.quantization())) {
            for (long step = 0; step < steps; step++) {
                boolean calibrating = schedule.calibrating(step);
                SyntheticBatch batch = generator.generate(step);
                TeacherKnowledge knowledge = teacher.forward(batch.images());
                Tensor logits = student.forward(batch.images(), calibrating);
                LogitGradients wanted =
                        generator.logitGradients(
                                step, knowledge.logits(), reads ? List.of(logits) : List.of());
                List<Tensor> inputs = new ArrayList<>();
                inputs.add(teacher.inputGradient(wanted.teacher()));
                if (reads) {
                    inputs.add(student.inputGradient(wanted.students().get(0)));
                }
                if (!calibrating) {
                    GradientReport report = student.gradients(batch.labels(), knowledge);
                    double scale = ofStudent.scale(step, report, schedule.learningRateFactor(step));
                    if (scale == UpdateGate.SKIP) {
                        student.discard();
                    } else {
                        student.apply(
                                scale,
                                schedule.learningRateFactor(step) * ofStudent.learningRateFactor());
                    }
                }
                GradientReport report = generator.gradients(step, inputs, knowledge.bnStatistics());
                double scale = ofGenerator.scale(step, report, schedule.learningRateFactor(step));
                if (scale == UpdateGate.SKIP) {
                    generator.discard(step);
                } else {
                    generator.apply(
                            step,
                            scale,
                            schedule.learningRateFactor(step) * ofGenerator.learningRateFactor());
                }
            }
            return new Result(generator.save(), student.save());
        }
    }
}
