package io.aktnode.nn.engine;

import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.Kernels;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.optim.Parameter;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;

/**
 * Gradients of a network's trained parameters: sums over the shards, taken in the shards' order so
 * that they do not depend on which thread was faster.
 */
final class ParameterGradients implements AutoCloseable {

    private final List<Shard> shards;
    private final List<Parameter> trainable = new ArrayList<>();
    private final List<Runnable> sums = new ArrayList<>();
    private final Map<Integer, ConvolutionParameters> convolutions;

    ParameterGradients(NetworkPlan plan, Parameters parameters, List<Shard> shards) {
        this.shards = shards;
        this.convolutions = parameters.convolutions();
        for (int i = 0; i < plan.nodes().size(); i++) {
            if (parameters.convolution(i) != null) {
                add(i, parameters.convolution(i));
            } else if (parameters.dense(i) != null) {
                add(i, parameters.dense(i));
            }
        }
    }

    private void add(int node, ConvolutionParameters parameters) {
        String convolution = parameters.unit.convolution();
        String batchNorm = parameters.unit.batchNorm();
        Tensor weight = add(convolution + ".weight", parameters.weight);
        Tensor gamma = add(batchNorm + ".weight", parameters.gamma);
        Tensor beta = add(batchNorm + ".bias", parameters.beta);
        List<ConvolutionRunner> runners = new ArrayList<>();
        shards.forEach(shard -> runners.add((ConvolutionRunner) shard.runner(node)));
        sums.add(
                () -> {
                    sum(runners.stream().map(runner -> runner.weightGradient).toList(), weight);
                    for (int c = 0; c < gamma.length(); c++) {
                        double gammaSum = 0;
                        double betaSum = 0;
                        for (ConvolutionRunner runner : runners) {
                            gammaSum += runner.batchNorm.gammaGradient[c];
                            betaSum += runner.batchNorm.betaGradient[c];
                        }
                        gamma.set(c, (float) gammaSum);
                        beta.set(c, (float) betaSum);
                    }
                });
    }

    private void add(int node, DenseParameters parameters) {
        Tensor weight = add(parameters.layer.name() + ".weight", parameters.weight);
        Tensor bias = add(parameters.layer.name() + ".bias", parameters.bias);
        List<DenseRunner> runners = new ArrayList<>();
        shards.forEach(shard -> runners.add((DenseRunner) shard.runner(node)));
        sums.add(
                () -> {
                    sum(runners.stream().map(runner -> runner.weightGradient).toList(), weight);
                    for (int c = 0; c < bias.length(); c++) {
                        double biasSum = 0;
                        for (DenseRunner runner : runners) {
                            biasSum += runner.biasGradient[c];
                        }
                        bias.set(c, (float) biasSum);
                    }
                });
    }

    private Tensor add(String name, Tensor value) {
        Tensor gradient = Tensor.allocate(value.shape());
        trainable.add(new Parameter(name, value, gradient));
        return gradient;
    }

    private static void sum(List<Tensor> parts, Tensor total) {
        total.copyFrom(parts.get(0));
        for (Tensor part : parts.subList(1, parts.size())) {
            Kernels.fastest().accumulate(part, total);
        }
    }

    /** Sums what the shards' last backward pass left, one layer per task. */
    void sum(ComputePool pool) {
        pool.run(sums.size(), i -> sums.get(i).run());
    }

    List<Parameter> trainable() {
        return List.copyOf(trainable);
    }

    /** {@code running += momentum·(mean over shards - running)}, for mean and unbiased variance. */
    void updateRunningStatistics(double momentum) {
        convolutions.forEach(
                (node, parameters) -> {
                    for (int c = 0; c < parameters.unit.channels(); c++) {
                        double mean = 0;
                        double variance = 0;
                        for (Shard shard : shards) {
                            ShardBatchNorm norm =
                                    ((ConvolutionRunner) shard.runner(node)).batchNorm;
                            mean += norm.batchMean(c) / shards.size();
                            variance += norm.batchVariance(c) / shards.size();
                        }
                        move(parameters.mean, c, mean, momentum);
                        move(parameters.variance, c, variance, momentum);
                    }
                });
    }

    private static void move(Tensor running, int c, double target, double momentum) {
        running.set(c, (float) (running.get(c) + momentum * (target - running.get(c))));
    }

    @Override
    public void close() {
        trainable.forEach(parameter -> parameter.gradient().close());
    }
}
