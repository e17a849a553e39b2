package io.aktnode.nn.train;

import io.aktnode.nn.kernel.Tensor;

/**
 * The full-precision teacher as a vector-Jacobian service. One batch at a time, one thread. Tensors
 * returned belong to the role and hold until its next {@link #forward}.
 */
public interface TeacherRole extends AutoCloseable {

    /**
     * @param images (N,height,width,channels)
     */
    TeacherKnowledge forward(Tensor images);

    /**
     * Gradient of {@code <logitGradients, logits> + weight·BNS} for the images of the last forward.
     *
     * @param logitGradients (N,classes)
     * @return (N,height,width,channels)
     */
    Tensor inputGradient(Tensor logitGradients);

    @Override
    void close();
}
