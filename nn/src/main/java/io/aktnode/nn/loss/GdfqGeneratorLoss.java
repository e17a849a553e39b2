package io.aktnode.nn.loss;

import io.aktnode.nn.kernel.Tensor;
import java.util.List;
import java.util.Map;

/**
 * {@code CE(t,y)}, averaged over the batch: images the teacher gives their label.
 *
 * <p>Source: ARCHITECTURE "GDFQ"; numbers: {@code logit_losses.npz}.
 */
public final class GdfqGeneratorLoss implements GeneratorLoss {

    private final GdfqSettings settings;
    private Softmax softmax;

    public GdfqGeneratorLoss(GdfqSettings settings) {
        this.settings = settings;
    }

    @Override
    public boolean readsStudents() {
        return false;
    }

    @Override
    public double bnStatisticsWeight() {
        return settings.bnStatisticsWeight();
    }

    @Override
    public Map<String, Double> evaluate(
            Tensor teacherLogits,
            List<Tensor> studentLogits,
            Tensor labels,
            Tensor teacherGradient,
            List<Tensor> studentGradients) {
        Logits.require(teacherLogits, labels, teacherGradient);
        int rows = teacherLogits.extent(0);
        int classes = teacherLogits.extent(1);
        softmax = Softmax.fit(softmax, classes);
        double loss = 0;
        for (int n = 0; n < rows; n++) {
            int label = Logits.label(labels, n, classes);
            softmax.of(teacherLogits, n);
            loss -= softmax.logarithm(label);
            for (int c = 0; c < classes; c++) {
                double gradient = softmax.crossEntropyGradient(c, label) / rows;
                teacherGradient.set(n * classes + c, (float) gradient);
            }
        }
        loss /= rows;
        return Map.of("cross_entropy", loss, "total", loss);
    }
}
