package io.aktnode.nn.loss;

import io.aktnode.nn.kernel.Tensor;
import java.util.Map;

/**
 * {@code CE(s,y) + αT²·KL(softmax(t/T) ‖ softmax(s/T))}: the cross entropy is averaged over the
 * batch, the divergence over batch and classes.
 *
 * <p>Source: ARCHITECTURE "GDFQ"; numbers: {@code logit_losses.npz}.
 */
public final class GdfqStudentLoss implements StudentLoss {

    private final GdfqSettings settings;
    private Softmax sharp;
    private Softmax teacher;
    private Softmax student;

    public GdfqStudentLoss(GdfqSettings settings) {
        this.settings = settings;
    }

    @Override
    public Map<String, Double> evaluate(
            Tensor studentLogits, Tensor teacherLogits, Tensor labels, Tensor studentGradient) {
        Logits.require(studentLogits, labels, teacherLogits, studentGradient);
        int rows = studentLogits.extent(0);
        int classes = studentLogits.extent(1);
        sharp = Softmax.fit(sharp, classes);
        teacher = Softmax.fit(teacher, classes);
        student = Softmax.fit(student, classes);
        double t = settings.temperature();
        double weight = settings.distillationWeight() * t * t;
        double crossEntropy = 0;
        double divergence = 0;
        for (int n = 0; n < rows; n++) {
            int label = Logits.label(labels, n, classes);
            sharp.of(studentLogits, n);
            student.of(studentLogits, n, t);
            teacher.of(teacherLogits, n, t);
            crossEntropy -= sharp.logarithm(label);
            for (int c = 0; c < classes; c++) {
                double p = teacher.probability(c);
                divergence += p * (teacher.logarithm(c) - student.logarithm(c));
                double gradient =
                        sharp.crossEntropyGradient(c, label) / rows
                                + weight * (student.probability(c) - p) / (t * rows * classes);
                studentGradient.set(n * classes + c, (float) gradient);
            }
        }
        crossEntropy /= rows;
        divergence /= (double) rows * classes;
        return Map.of(
                "cross_entropy",
                crossEntropy,
                "distillation",
                divergence,
                "total",
                crossEntropy + weight * divergence);
    }
}
