package io.aktnode.nn.loss;

import io.aktnode.nn.kernel.Tensor;

/**
 * Softmax of one row of logits, its logarithm and its entropy {@code H = -Σ p·ln p} in nats.
 *
 * <p>The largest logit is subtracted first, so that no finite logits overflow. One thread.
 */
final class Softmax {

    private final double[] logarithms;
    private final double[] probabilities;

    private Softmax(int classes) {
        logarithms = new double[classes];
        probabilities = new double[classes];
    }

    /** {@code present}, or a new one when there is none of that size yet. */
    static Softmax fit(Softmax present, int classes) {
        return present != null && present.logarithms.length == classes
                ? present
                : new Softmax(classes);
    }

    void of(Tensor logits, int row) {
        of(logits, row, 1);
    }

    void of(Tensor logits, int row, double temperature) {
        int start = row * logarithms.length;
        for (int c = 0; c < logarithms.length; c++) {
            logarithms[c] = logits.get(start + c) / temperature;
        }
        compute();
    }

    void ofDifference(Tensor left, Tensor right, int row, double temperature) {
        int start = row * logarithms.length;
        for (int c = 0; c < logarithms.length; c++) {
            logarithms[c] = ((double) left.get(start + c) - right.get(start + c)) / temperature;
        }
        compute();
    }

    void ofSum(Tensor left, Tensor right, int row) {
        int start = row * logarithms.length;
        for (int c = 0; c < logarithms.length; c++) {
            logarithms[c] = (double) left.get(start + c) + right.get(start + c);
        }
        compute();
    }

    private void compute() {
        double largest = Double.NEGATIVE_INFINITY;
        for (double logit : logarithms) {
            largest = Math.max(largest, logit);
        }
        double sum = 0;
        for (int c = 0; c < logarithms.length; c++) {
            logarithms[c] -= largest;
            probabilities[c] = Math.exp(logarithms[c]);
            sum += probabilities[c];
        }
        double logarithm = Math.log(sum);
        for (int c = 0; c < logarithms.length; c++) {
            logarithms[c] -= logarithm;
            probabilities[c] /= sum;
        }
    }

    double probability(int c) {
        return probabilities[c];
    }

    double logarithm(int c) {
        return logarithms[c];
    }

    double entropy() {
        double entropy = 0;
        for (int c = 0; c < logarithms.length; c++) {
            entropy -= probabilities[c] * logarithms[c];
        }
        return entropy;
    }

    /** {@code ∂H/∂logit_c = -p_c(ln p_c + H)}. */
    double entropyGradient(int c, double entropy) {
        return -probabilities[c] * (logarithms[c] + entropy);
    }

    /** {@code ∂(-ln p_label)/∂logit_c = p_c - [c = label]}. */
    double crossEntropyGradient(int c, int label) {
        return c == label ? probabilities[c] - 1 : probabilities[c];
    }
}
