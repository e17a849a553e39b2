package io.aktnode.nn.attention;

import io.aktnode.nn.kernel.ChannelVector;
import io.aktnode.nn.kernel.Kernels;
import io.aktnode.nn.kernel.Tensor;

/**
 * Attention of one tap, one image at a time: channel attention {@code A_c = softmax_C(mean_HW F²)}
 * and spatial attention {@code A_s = normalize_2(mean_C F²)}, flattened to H·W.
 *
 * <p>Source: ARCHITECTURE "Taps"; numbers: {@code refined_feature_distillation.npz}. The tap is
 * given as a convolution's raw output (N,H,W,C) with its batch norm's a and b, {@code F = a·x + b}.
 * Holds the attention of the last image seen; one thread.
 */
public final class TapAttention {

    /** As PyTorch's {@code normalize}: a tap that is zero everywhere has zero attention. */
    private static final double SMALLEST_NORM = 1e-12;

    private final int channels;
    private final int pixels;
    private final float[] channelSquares;
    private final float[] spatialSquares;
    private final double[] channel;
    private final double[] spatial;
    private double norm;

    public TapAttention(int channels, int pixels) {
        this.channels = channels;
        this.pixels = pixels;
        this.channelSquares = new float[channels];
        this.spatialSquares = new float[pixels];
        this.channel = new double[channels];
        this.spatial = new double[pixels];
    }

    /** Computes the attention of one image of a tap. */
    public void of(Tensor raw, int image, ChannelVector a, ChannelVector b) {
        Kernels.fastest().squareSums(raw, image, a, b, channelSquares, spatialSquares);
        for (int c = 0; c < channels; c++) {
            channel[c] = channelSquares[c] / (double) pixels;
        }
        Softmax.inPlace(channel);
        double sum = 0;
        for (int p = 0; p < pixels; p++) {
            spatial[p] = spatialSquares[p] / (double) channels;
            sum += spatial[p] * spatial[p];
        }
        norm = Math.max(Math.sqrt(sum), SMALLEST_NORM);
        for (int p = 0; p < pixels; p++) {
            spatial[p] /= norm;
        }
    }

    public int channels() {
        return channels;
    }

    public int pixels() {
        return pixels;
    }

    /** A_c of the last image, C values. */
    public double[] channel() {
        return channel;
    }

    /** A_s of the last image, H·W values of 2-norm 1. */
    public double[] spatial() {
        return spatial;
    }

    /**
     * From gradients for the attention of the last image to weights w such that {@code dL/dF =
     * 2·F·(w_spatial + w_channel)}.
     *
     * @param channelGradient dL/dA_c
     * @param spatialGradient dL/dA_s
     * @param channelWeights overwritten, C
     * @param spatialWeights overwritten, H·W
     */
    void backward(
            double[] channelGradient,
            double[] spatialGradient,
            ChannelVector channelWeights,
            float[] spatialWeights) {
        double dot = dot(channel, channelGradient);
        for (int c = 0; c < channels; c++) {
            double gradient = channel[c] * (channelGradient[c] - dot);
            channelWeights.set(c, (float) (gradient / pixels));
        }
        double along = dot(spatial, spatialGradient);
        for (int p = 0; p < pixels; p++) {
            double gradient = (spatialGradient[p] - spatial[p] * along) / norm;
            spatialWeights[p] = (float) (gradient / channels);
        }
    }

    private static double dot(double[] left, double[] right) {
        double sum = 0;
        for (int i = 0; i < left.length; i++) {
            sum += left[i] * right[i];
        }
        return sum;
    }
}
