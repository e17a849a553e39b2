package io.aktnode.nn.train;

import io.aktnode.nn.kernel.Tensor;
import java.util.List;

/**
 * What a teacher says of a batch; the raw features never leave it.
 *
 * @param logits (N,classes)
 * @param channelAttention per tap (N,channels)
 * @param spatialAttention per tap (N,height·width)
 * @param bnStatistics BN-statistics loss of the batch
 */
public record TeacherKnowledge(
        Tensor logits,
        List<Tensor> channelAttention,
        List<Tensor> spatialAttention,
        double bnStatistics) {

    public TeacherKnowledge {
        channelAttention = List.copyOf(channelAttention);
        spatialAttention = List.copyOf(spatialAttention);
    }
}
