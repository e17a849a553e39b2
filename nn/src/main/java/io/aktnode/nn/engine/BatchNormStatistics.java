package io.aktnode.nn.engine;

import io.aktnode.nn.kernel.ChannelVector;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * The BN-statistics loss: mean over the batch norms of {@code MSE(batch mean, running mean) +
 * MSE(biased batch variance, running variance)} of their inputs, and its gradient {@code q·x + p}
 * for each input x.
 *
 * <p>Source: ARCHITECTURE "BN statistics"; numbers: {@code teacher.npz}. Sums over the shards are
 * taken in order, in double. One thread, between the passes of the shards.
 */
final class BatchNormStatistics {

    private record Layer(
            ConvolutionParameters parameters,
            List<ShardBatchNorm> shards,
            ChannelVector slope,
            ChannelVector offset) {}

    private final double weight;
    private final List<Layer> layers = new ArrayList<>();

    /**
     * @param weight of the loss in what backward passes differentiate; the loss is reported without
     */
    BatchNormStatistics(Parameters parameters, List<Shard> shards, double weight) {
        this.weight = weight;
        for (Map.Entry<Integer, ConvolutionParameters> entry :
                parameters.convolutions().entrySet()) {
            int channels = entry.getValue().unit.channels();
            List<ShardBatchNorm> norms = new ArrayList<>();
            Layer layer =
                    new Layer(
                            entry.getValue(),
                            norms,
                            new ChannelVector(channels),
                            new ChannelVector(channels));
            for (Shard shard : shards) {
                ShardBatchNorm norm = ((ConvolutionRunner) shard.runner(entry.getKey())).batchNorm;
                norm.statisticsGradient(layer.slope, layer.offset);
                norms.add(norm);
            }
            layers.add(layer);
        }
    }

    /** The loss of the last forward pass; sets what the next backward passes add. */
    double evaluate() {
        double loss = 0;
        for (Layer layer : layers) {
            loss += evaluate(layer);
        }
        return loss / layers.size();
    }

    private double evaluate(Layer layer) {
        int channels = layer.parameters.unit.channels();
        long rows = layer.shards.stream().mapToLong(ShardBatchNorm::rows).sum();
        double loss = 0;
        for (int c = 0; c < channels; c++) {
            double sum = 0;
            double squares = 0;
            for (ShardBatchNorm shard : layer.shards) {
                sum += shard.sums[c];
                squares += shard.squares[c];
            }
            double meanError = sum / rows;
            double mean = layer.parameters.mean.get(c) + meanError;
            double varianceError =
                    squares / rows - meanError * meanError - layer.parameters.variance.get(c);
            loss += (meanError * meanError + varianceError * varianceError) / channels;
            double scale = 2 * weight / ((double) channels * layers.size() * rows);
            double slope = scale * 2 * varianceError;
            layer.slope.set(c, (float) slope);
            layer.offset.set(c, (float) (scale * meanError - slope * mean));
        }
        return loss;
    }
}
