package io.aktnode.nn.train;

import io.aktnode.nn.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * The training step without actors or transport: the reference the actors are held to, bit for bit,
 * and the floor their overhead is measured against. One thread.
 */
public final class PlainLoop {

    private final TrainingConfig config;
    private final GeneratorRole generator;
    private final TeacherRole teacher;
    private final StudentRole student;
    private final UpdateGate generatorGate;
    private final UpdateGate studentGate;

    public PlainLoop(
            TrainingConfig config,
            GeneratorRole generator,
            TeacherRole teacher,
            StudentRole student,
            UpdateGate generatorGate,
            UpdateGate studentGate) {
        this.config = config;
        this.generator = generator;
        this.teacher = teacher;
        this.student = student;
        this.generatorGate = generatorGate;
        this.studentGate = studentGate;
    }

    /**
     * What a step found.
     *
     * @param student null while calibrating
     */
    public record StepResult(
            LogitGradients logits, GradientReport generator, GradientReport student) {}

    /** Runs one step; steps are numbered from 0 and taken in order. */
    public StepResult step(long step) {
        boolean calibrating = config.schedule().calibrating(step);
        double rate = config.schedule().learningRateFactor(step);
        SyntheticBatch batch = generator.generate(step);
        TeacherKnowledge knowledge = teacher.forward(batch.images());
        Tensor studentLogits = student.forward(batch.images(), calibrating);

        boolean readsStudent = config.method().base().generatorReadsStudent();
        LogitGradients logitGradients =
                generator.logitGradients(
                        step,
                        knowledge.logits(),
                        readsStudent ? List.of(studentLogits) : List.of());
        List<Tensor> inputGradients = new ArrayList<>();
        inputGradients.add(teacher.inputGradient(logitGradients.teacher()));
        if (readsStudent) {
            inputGradients.add(student.inputGradient(logitGradients.students().get(0)));
        }
        GradientReport generatorReport =
                generator.gradients(step, inputGradients, knowledge.bnStatistics());
        GradientReport studentReport = null;
        if (!calibrating) {
            studentReport = student.gradients(batch.labels(), knowledge);
            double scale = studentGate.scale(step, studentReport);
            if (scale == UpdateGate.SKIP) {
                student.discard();
            } else {
                student.apply(scale, rate * studentGate.learningRateFactor());
            }
        }
        double scale = generatorGate.scale(step, generatorReport);
        if (scale == UpdateGate.SKIP) {
            generator.discard(step);
        } else {
            generator.apply(step, scale, rate * generatorGate.learningRateFactor());
        }
        return new StepResult(logitGradients, generatorReport, studentReport);
    }
}
