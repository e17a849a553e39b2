package io.aktnode.nn.loss;

import io.aktnode.nn.kernel.Tensor;

/** What the losses share: shape checks, labels, and how often a network agrees with them. */
public final class Logits {

    private Logits() {}

    /**
     * Share of rows whose largest logit is the label's; of equal logits the first counts.
     *
     * @param logits (N,classes)
     * @param labels (N) int32
     */
    public static double agreement(Tensor logits, Tensor labels) {
        int rows = logits.extent(0);
        int classes = logits.extent(1);
        int hits = 0;
        for (int n = 0; n < rows; n++) {
            int best = 0;
            for (int c = 1; c < classes; c++) {
                if (logits.get(n * classes + c) > logits.get(n * classes + best)) {
                    best = c;
                }
            }
            if (best == labels.getInt(n)) {
                hits++;
            }
        }
        return (double) hits / rows;
    }

    static void require(Tensor logits, Tensor labels, Tensor... others) {
        if (logits.rank() != 2) {
            throw new IllegalArgumentException("logits are " + logits + ", expected (N,classes)");
        }
        labels.require("labels", logits.extent(0));
        for (Tensor other : others) {
            other.require("logits or gradient", logits.shape());
        }
    }

    static int label(Tensor labels, int row, int classes) {
        int label = labels.getInt(row);
        if (label < 0 || label >= classes) {
            throw new IllegalArgumentException(
                    "label " + label + " of image " + row + " is not below " + classes);
        }
        return label;
    }

    static void add(Tensor tensor, int index, double value) {
        tensor.set(index, (float) (tensor.get(index) + value));
    }
}
