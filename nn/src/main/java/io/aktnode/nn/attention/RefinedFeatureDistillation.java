package io.aktnode.nn.attention;

import io.aktnode.nn.kernel.ChannelVector;
import io.aktnode.nn.kernel.Kernels;
import io.aktnode.nn.kernel.Tensor;

/**
 * AKT's loss on one tap: {@code λ Σ_batch [KL(softmax(A_c^T/τ) ‖ softmax(A_c^S/τ)) +
 * KL(softmax(A_s^T/τ) ‖ softmax(A_s^S/τ))]}; over taps the caller sums.
 *
 * <p>Source: ARCHITECTURE "AKT"; numbers: {@code refined_feature_distillation.npz}. Summed, not
 * averaged, over the batch. Allocates nothing after construction; one thread.
 */
public final class RefinedFeatureDistillation {

    private final double temperature;
    private final double weight;
    private final TapAttention attention;
    private final Divergence channel;
    private final Divergence spatial;
    private final ChannelVector channelWeights;
    private final float[] spatialWeights;

    /**
     * @param temperature τ
     * @param weight λ
     */
    public RefinedFeatureDistillation(int channels, int pixels, double temperature, double weight) {
        this.temperature = temperature;
        this.weight = weight;
        this.attention = new TapAttention(channels, pixels);
        this.channel = new Divergence(channels);
        this.spatial = new Divergence(pixels);
        this.channelWeights = new ChannelVector(channels);
        this.spatialWeights = new float[pixels];
    }

    /**
     * Adds one image's gradient to the tap's.
     *
     * @param raw the student's raw convolution output (N,H,W,C), F = a·raw + b
     * @param image index in {@code raw} and {@code gradient}
     * @param teacherChannel the teacher's A_c, (M,C)
     * @param teacherSpatial the teacher's A_s, (M,H·W)
     * @param teacherImage index in the teacher's maps
     * @param gradient (N,H,W,C), dL/dF is added to it
     * @return the image's share of the loss
     */
    public double lossAndGradient(
            Tensor raw,
            int image,
            ChannelVector a,
            ChannelVector b,
            Tensor teacherChannel,
            Tensor teacherSpatial,
            int teacherImage,
            Tensor gradient) {
        attention.of(raw, image, a, b);
        double loss =
                channel.evaluate(attention.channel(), teacherChannel, teacherImage)
                        + spatial.evaluate(attention.spatial(), teacherSpatial, teacherImage);
        attention.backward(channel.gradient, spatial.gradient, channelWeights, spatialWeights);
        Kernels.fastest()
                .squareSumsGradient(raw, image, a, b, channelWeights, spatialWeights, gradient);
        return weight * loss;
    }

    /** {@code KL(softmax(t/τ) ‖ softmax(s/τ))} of one row and λ times its gradient for s. */
    private final class Divergence {
        private final double[] teacher;
        private final double[] teacherProbability;
        private final double[] studentProbability;
        private final double[] gradient;

        Divergence(int length) {
            this.teacher = new double[length];
            this.teacherProbability = new double[length];
            this.studentProbability = new double[length];
            this.gradient = new double[length];
        }

        double evaluate(double[] student, Tensor teacherMap, int row) {
            int offset = row * teacher.length;
            for (int i = 0; i < teacher.length; i++) {
                teacher[i] = teacherMap.get(offset + i);
            }
            double teacherLogSum = Softmax.of(teacher, temperature, teacherProbability);
            double studentLogSum = Softmax.of(student, temperature, studentProbability);
            double divergence = 0;
            for (int i = 0; i < teacher.length; i++) {
                double logRatio =
                        (teacher[i] - student[i]) / temperature - teacherLogSum + studentLogSum;
                divergence += teacherProbability[i] * logRatio;
                gradient[i] =
                        weight * (studentProbability[i] - teacherProbability[i]) / temperature;
            }
            return divergence;
        }
    }
}
