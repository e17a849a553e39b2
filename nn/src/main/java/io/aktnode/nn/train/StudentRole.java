package io.aktnode.nn.train;

import io.aktnode.nn.data.ImageSet;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.StateDict;

/**
 * A quantized student. For one batch: forward, then optionally inputGradient, then either gradients
 * followed by apply or discard, or (while calibrating) nothing. One thread. Tensors returned belong
 * to the role and hold until its next {@link #forward}.
 */
public interface StudentRole extends AutoCloseable {

    /**
     * @param images (N,height,width,channels)
     * @param calibrate whether the batch moves the activation ranges first
     * @return logits (N,classes)
     */
    Tensor forward(Tensor images, boolean calibrate);

    /**
     * How far activations of the last forward reach before they are quantized: the largest, over
     * the quantizers, of some sampled values' maximum divided by the range's upper end. Not
     * comparable between networks, only with the same network's past. To be called before the
     * backward passes.
     */
    double activationReach();

    /**
     * Gradient of {@code <logitGradients, logits>} for the images of the last forward.
     *
     * @return (N,height,width,channels)
     */
    Tensor inputGradient(Tensor logitGradients);

    /**
     * The student's own loss on the last forward and the gradients of its parameters.
     *
     * @param labels (N) int32
     */
    GradientReport gradients(Tensor labels, TeacherKnowledge knowledge);

    /**
     * One SGD step with {@code scale·gradient}; returns the norm of the update over that of the
     * weights.
     */
    double apply(double scale, double learningRateFactor);

    /** Drops the gradients. */
    void discard();

    /** Top-1 accuracy, in percent, with the ranges as they are; never trains, never calibrates. */
    double evaluate(ImageSet images);

    /** Weights, momentum, activation ranges. */
    StateDict save();

    void restore(StateDict state);

    @Override
    void close();
}
