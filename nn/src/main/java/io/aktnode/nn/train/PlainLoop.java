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
    private final List<StudentRole> students;
    private final UpdateGate generatorGate;
    private final List<UpdateGate> studentGates;

    /** With one student. */
    public PlainLoop(
            TrainingConfig config,
            GeneratorRole generator,
            TeacherRole teacher,
            StudentRole student,
            UpdateGate generatorGate,
            UpdateGate studentGate) {
        this(config, generator, teacher, List.of(student), generatorGate, List.of(studentGate));
    }

    /**
     * @param students all learn from the same batches
     * @param studentGates one for each
     */
    public PlainLoop(
            TrainingConfig config,
            GeneratorRole generator,
            TeacherRole teacher,
            List<StudentRole> students,
            UpdateGate generatorGate,
            List<UpdateGate> studentGates) {
        if (students.isEmpty() || students.size() != studentGates.size()) {
            throw new IllegalArgumentException(
                    students.size()
                            + " students and "
                            + studentGates.size()
                            + " gates, expected one for each of at least one");
        }
        this.config = config;
        this.generator = generator;
        this.teacher = teacher;
        this.students = List.copyOf(students);
        this.generatorGate = generatorGate;
        this.studentGates = List.copyOf(studentGates);
    }

    /**
     * What a step found.
     *
     * @param students by id; empty while calibrating
     */
    public record StepResult(
            LogitGradients logits, GradientReport generator, List<GradientReport> students) {

        public StepResult {
            students = List.copyOf(students);
        }

        /** Of the first student; null while calibrating. */
        public GradientReport student() {
            return students.isEmpty() ? null : students.get(0);
        }
    }

    /** Runs one step; steps are numbered from 0 and taken in order. */
    public StepResult step(long step) {
        boolean calibrating = config.schedule().calibrating(step);
        double rate = config.schedule().learningRateFactor(step);
        SyntheticBatch batch = generator.generate(step);
        TeacherKnowledge knowledge = teacher.forward(batch.images());
        List<Tensor> studentLogits = new ArrayList<>();
        students.forEach(
                student -> studentLogits.add(student.forward(batch.images(), calibrating)));

        boolean readsStudents = config.method().base().generatorReadsStudent();
        LogitGradients logitGradients =
                generator.logitGradients(
                        step, knowledge.logits(), readsStudents ? studentLogits : List.of());
        List<Tensor> inputGradients = new ArrayList<>();
        inputGradients.add(teacher.inputGradient(logitGradients.teacher()));
        for (int i = 0; i < logitGradients.students().size(); i++) {
            inputGradients.add(students.get(i).inputGradient(logitGradients.students().get(i)));
        }
        GradientReport generatorReport =
                generator.gradients(step, inputGradients, knowledge.bnStatistics());
        List<GradientReport> studentReports = new ArrayList<>();
        if (!calibrating) {
            for (int i = 0; i < students.size(); i++) {
                studentReports.add(train(i, step, batch.labels(), knowledge, rate));
            }
        }
        double scale = generatorGate.scale(step, generatorReport, rate);
        if (scale == UpdateGate.SKIP) {
            generator.discard(step);
        } else {
            generator.apply(step, scale, rate * generatorGate.learningRateFactor());
        }
        return new StepResult(logitGradients, generatorReport, studentReports);
    }

    private GradientReport train(
            int id, long step, Tensor labels, TeacherKnowledge knowledge, double rate) {
        StudentRole student = students.get(id);
        UpdateGate gate = studentGates.get(id);
        GradientReport report = student.gradients(labels, knowledge);
        double scale = gate.scale(step, report, rate);
        if (scale == UpdateGate.SKIP) {
            student.discard();
        } else {
            student.apply(scale, rate * gate.learningRateFactor());
        }
        return report;
    }
}
