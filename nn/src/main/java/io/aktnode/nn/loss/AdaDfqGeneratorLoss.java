package io.aktnode.nn.loss;

import io.aktnode.nn.kernel.Tensor;
import java.util.List;
import java.util.Map;

/**
 * {@code margin + β(α_ds·CE(t-s,y) + α_as·CE(t+s,y))}, each averaged over the batch and over the
 * students: images on which teacher and student neither fully agree nor fully disagree.
 *
 * <p>With {@code H = entropy(softmax(t-s))} and {@code H' = (H - min H)/(ln C - min H)} over the
 * batch, {@code margin = mean relu(λ_l - H') + mean relu(H' - λ_u)}. Its gradient flows through
 * {@code min H} too, to the image that attains it; images that tie share it equally.
 *
 * <p>When a student differs from the teacher by little more than a constant on every image, {@code
 * ln C - min H} vanishes and H' would be 0/0. Then the denominator is the constant {@link
 * #LEAST_SPREAD}, which keeps loss and gradient finite, H' within [0,1], and the loss continuous;
 * for exact equality H' is 0 with gradient 0. A batch of one image has H' = 0 with gradient 0.
 *
 * <p>Source: ARCHITECTURE "AdaDFQ"; numbers: {@code logit_losses.npz}.
 */
public final class AdaDfqGeneratorLoss implements GeneratorLoss {

    /** Least denominator of H', in nats. Below it float32 logits leave no digits to divide. */
    static final double LEAST_SPREAD = 1e-6;

    private final AdaDfqSettings settings;
    private Softmax difference;
    private Softmax sum;
    private double[] entropies = new double[0];
    private double[] entropyGradients = new double[0];

    public AdaDfqGeneratorLoss(AdaDfqSettings settings) {
        this.settings = settings;
    }

    @Override
    public boolean readsStudents() {
        return true;
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
        if (studentLogits.isEmpty() || studentLogits.size() != studentGradients.size()) {
            throw new IllegalArgumentException(
                    studentLogits.size()
                            + " students with "
                            + studentGradients.size()
                            + " gradients; AdaDFQ needs at least one, and a gradient for each");
        }
        prepare(teacherLogits.extent(0), teacherLogits.extent(1));
        teacherGradient.zero();
        double share = 1.0 / studentLogits.size();
        double margin = 0;
        double disagreement = 0;
        double agreement = 0;
        for (int i = 0; i < studentLogits.size(); i++) {
            Tensor student = studentLogits.get(i);
            Tensor gradient = studentGradients.get(i);
            Logits.require(teacherLogits, labels, student, gradient);
            margin += share * margin(teacherLogits, student);
            for (int n = 0; n < entropies.length; n++) {
                int label = Logits.label(labels, n, teacherLogits.extent(1));
                difference.ofDifference(teacherLogits, student, n, 1);
                sum.ofSum(teacherLogits, student, n);
                disagreement -= share * difference.logarithm(label) / entropies.length;
                agreement -= share * sum.logarithm(label) / entropies.length;
                addRow(n, label, share, teacherGradient, gradient);
            }
        }
        double balance =
                settings.disagreementWeight() * disagreement
                        + settings.agreementWeight() * agreement;
        return Map.of(
                "margin",
                margin,
                "disagreement",
                disagreement,
                "agreement",
                agreement,
                "total",
                margin + settings.balanceWeight() * balance);
    }

    private void prepare(int rows, int classes) {
        difference = Softmax.fit(difference, classes);
        sum = Softmax.fit(sum, classes);
        if (entropies.length != rows) {
            entropies = new double[rows];
            entropyGradients = new double[rows];
        }
    }

    /** The margin of one student; leaves each image's H and ∂margin/∂H behind. */
    private double margin(Tensor teacher, Tensor student) {
        int rows = entropies.length;
        double least = Double.POSITIVE_INFINITY;
        for (int n = 0; n < rows; n++) {
            difference.ofDifference(teacher, student, n, 1);
            entropies[n] = difference.entropy();
            least = Math.min(least, entropies[n]);
        }
        double most = Math.log(teacher.extent(1));
        double spread = Math.max(most - least, LEAST_SPREAD);
        boolean floored = most - least < LEAST_SPREAD;
        double margin = 0;
        double gradientOfLeast = 0;
        int ties = 0;
        for (int n = 0; n < rows; n++) {
            double normalised = (entropies[n] - least) / spread;
            double low = settings.lowerMargin() - normalised;
            double high = normalised - settings.upperMargin();
            margin += (Math.max(low, 0) + Math.max(high, 0)) / rows;
            double slope = ((high > 0 ? 1.0 : 0.0) - (low > 0 ? 1.0 : 0.0)) / rows;
            entropyGradients[n] = slope / spread;
            gradientOfLeast -= slope * (floored ? 1 : 1 - normalised) / spread;
            ties += entropies[n] == least ? 1 : 0;
        }
        for (int n = 0; n < rows; n++) {
            if (entropies[n] == least) {
                entropyGradients[n] += gradientOfLeast / ties;
            }
        }
        return margin;
    }

    /** Adds one image's gradient to the teacher's and sets the student's. */
    private void addRow(int row, int label, double share, Tensor teacher, Tensor student) {
        int rows = entropies.length;
        int classes = teacher.extent(1);
        double ofDifference = settings.balanceWeight() * settings.disagreementWeight() / rows;
        double ofSum = settings.balanceWeight() * settings.agreementWeight() / rows;
        for (int c = 0; c < classes; c++) {
            double apart =
                    entropyGradients[row] * difference.entropyGradient(c, entropies[row])
                            + ofDifference * difference.crossEntropyGradient(c, label);
            double together = ofSum * sum.crossEntropyGradient(c, label);
            int index = row * classes + c;
            Logits.add(teacher, index, share * (together + apart));
            student.set(index, (float) (share * (together - apart)));
        }
    }
}
