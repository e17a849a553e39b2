package io.aktnode.nn.train;

import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.StateDict;
import java.util.List;

/**
 * The generator's side of a step: it draws images, owns its loss, and learns from input gradients.
 *
 * <p>Calls for one step come in the order generate, logitGradients, gradients, then apply or
 * discard. {@code generate} may run ahead: up to {@code window} steps may be generated whose
 * gradients are still out; a step's activations and the weights it was drawn with are kept until
 * its apply or discard. One thread. Tensors returned belong to the role and hold until the same
 * step's apply or discard; tensors passed in are only read during the call.
 */
public interface GeneratorRole extends AutoCloseable {

    /** Draws the batch of a step; noise and labels depend on seed, noise epoch and step alone. */
    SyntheticBatch generate(long step);

    /**
     * Gradients of the generator's loss for the logits, the BN-statistics term left out: the
     * teacher adds its gradient.
     *
     * @param teacherLogits (N,classes)
     * @param studentLogits one (N,classes) for each student, averaged over; empty for a method that
     *     reads none
     */
    LogitGradients logitGradients(long step, Tensor teacherLogits, List<Tensor> studentLogits);

    /**
     * Back-propagates the sum of the input gradients (teacher first, then students in order) to the
     * generator's parameters.
     *
     * @param inputGradients each (N,height,width,channels)
     * @param bnStatistics the teacher's BN-statistics loss, for the report only
     */
    GradientReport gradients(long step, List<Tensor> inputGradients, double bnStatistics);

    /**
     * One Adam step with {@code scale·gradient}; {@code learningRateFactor} multiplies the rate.
     *
     * @return the norm of the update over that of the weights
     */
    double apply(long step, double scale, double learningRateFactor);

    /** Drops a step without an update, also one whose gradients never came. */
    void discard(long step);

    /** Weights, optimizer moments, noise epoch. No step may be in flight. */
    StateDict save();

    /** Takes over a saved state; steps in flight are dropped. */
    void restore(StateDict state);

    /** Other noise for the steps to come, as after a rollback. */
    void noiseEpoch(int epoch);

    @Override
    void close();
}
