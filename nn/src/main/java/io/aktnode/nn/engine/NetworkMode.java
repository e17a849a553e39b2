package io.aktnode.nn.engine;

/**
 * What a network is compiled for; buffers that no mode needs are not allocated.
 *
 * @param inputGradients whether gradients can be asked for at all
 * @param parameterGradients whether gradients of the parameters can be asked for
 * @param batchNormStatistics whether forward measures the BN-statistics loss, whose gradient joins
 *     every backward pass
 * @param batchNormTraining whether batch norm uses the shard's own statistics (training a teacher)
 *     instead of the running ones
 */
public record NetworkMode(
        boolean inputGradients,
        boolean parameterGradients,
        boolean batchNormStatistics,
        boolean batchNormTraining) {

    /** Forward only. */
    public static final NetworkMode INFERENCE = new NetworkMode(false, false, false, false);

    /** A frozen teacher as a vector-Jacobian service. */
    public static final NetworkMode TEACHER = new NetworkMode(true, false, true, false);

    /** A student: frozen batch norm statistics, trained parameters. */
    public static final NetworkMode STUDENT = new NetworkMode(true, true, false, false);

    /** Ordinary supervised training. */
    public static final NetworkMode PRETRAINING = new NetworkMode(true, true, false, true);
}
