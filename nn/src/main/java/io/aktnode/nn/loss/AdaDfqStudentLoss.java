package io.aktnode.nn.loss;

import io.aktnode.nn.kernel.Tensor;
import java.util.Map;

/**
 * {@code -T²·H(softmax((t-s)/T))}, averaged over the batch: least when the student's logits differ
 * from the teacher's by a constant for each image.
 *
 * <p>Source: ARCHITECTURE "AdaDFQ"; numbers: {@code logit_losses.npz}.
 */
public final class AdaDfqStudentLoss implements StudentLoss {

    private final AdaDfqSettings settings;
    private Softmax softmax;

    public AdaDfqStudentLoss(AdaDfqSettings settings) {
        this.settings = settings;
    }

    @Override
    public Map<String, Double> evaluate(
            Tensor studentLogits, Tensor teacherLogits, Tensor labels, Tensor studentGradient) {
        Logits.require(studentLogits, labels, teacherLogits, studentGradient);
        int rows = studentLogits.extent(0);
        int classes = studentLogits.extent(1);
        softmax = Softmax.fit(softmax, classes);
        double t = settings.temperature();
        double entropy = 0;
        for (int n = 0; n < rows; n++) {
            softmax.ofDifference(teacherLogits, studentLogits, n, t);
            double h = softmax.entropy();
            entropy += h;
            for (int c = 0; c < classes; c++) {
                // -T² from the loss and -1/T from (t-s)/T.
                double gradient = t * softmax.entropyGradient(c, h) / rows;
                studentGradient.set(n * classes + c, (float) gradient);
            }
        }
        entropy /= rows;
        return Map.of("entropy", entropy, "total", -t * t * entropy);
    }
}
