package io.aktnode.nn.engine;

import io.aktnode.nn.engine.PlanNode.ConvolutionUnit;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.optim.Parameter;
import io.aktnode.nn.train.QuantizationConfig;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.ToIntFunction;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * A DL4J graph compiled to fused nodes over preallocated native memory, run shard by shard on a
 * compute pool. After the first step nothing is allocated.
 *
 * <p>Images are (N,H,W,C) with N the compiled batch size. Tensors returned belong to the network
 * and are overwritten by the next call of the same kind. One thread calls; it waits for the pool.
 */
public final class Network implements AutoCloseable {

    private static final String RANGE_KEY = "range/";
    private static final String RANGE_SUFFIX = ".range";

    private final NetworkPlan plan;
    private final NetworkSettings settings;
    private final ComputePool pool;
    private final Parameters parameters;
    private final Map<Integer, ActivationQuantizer> quantizers = new LinkedHashMap<>();
    private final List<Shard> shards = new ArrayList<>();
    private final Tensor logits;
    private final Tensor imageGradient;
    private final ParameterGradients gradients;
    private final TapMaps taps;
    private BatchNormStatistics statistics;

    private Network(NetworkPlan plan, NetworkSettings settings, ComputePool pool) {
        this.plan = plan;
        this.settings = settings;
        this.pool = pool;
        NetworkMode mode = settings.mode();
        this.parameters = new Parameters(plan, weightBits(settings));
        settings.quantization().ifPresent(this::addQuantizers);
        List<Integer> bounds = ComputePool.cut(settings.batchSize(), settings.shards());
        for (int i = 0; i < settings.shards(); i++) {
            int first = bounds.get(i);
            int count = bounds.get(i + 1) - first;
            shards.add(new Shard(plan, parameters, mode, quantizers, first, count));
        }
        this.logits = Tensor.allocate(settings.batchSize(), plan.classes());
        this.imageGradient =
                mode.inputGradients()
                        ? Tensor.allocate(
                                settings.batchSize(), plan.height(), plan.width(), plan.channels())
                        : null;
        this.gradients =
                mode.parameterGradients() ? new ParameterGradients(plan, parameters, shards) : null;
        this.taps = new TapMaps(plan, shards, settings.batchSize());
    }

    /**
     * Compiles a graph and takes over its parameters.
     *
     * @throws IllegalArgumentException naming the first layer that is not supported
     */
    public static Network compile(
            ComputationGraph graph, NetworkSettings settings, ComputePool pool) {
        NetworkPlan plan = GraphCompiler.compile(graph, settings.size(), settings.size(), 3);
        Network network = new Network(plan, settings, pool);
        network.load(GraphParameters.read(graph));
        return network;
    }

    private static ToIntFunction<String> weightBits(NetworkSettings settings) {
        return layer ->
                settings.quantization()
                        .map(
                                bits ->
                                        bits.weightBitsByLayer()
                                                .getOrDefault(layer, bits.weightBits()))
                        .orElse(ConvolutionParameters.FULL_PRECISION);
    }

    private void addQuantizers(QuantizationConfig bits) {
        for (int i = 0; i < plan.nodes().size(); i++) {
            if (plan.nodes().get(i) instanceof ConvolutionUnit unit && unit.relu() != null) {
                quantizers.put(i, new ActivationQuantizer(unit.relu(), bits.activationBits()));
            }
        }
    }

    /** Names and shapes of the parameters, in order. */
    public Map<String, int[]> parameterShapes() {
        return plan.parameterShapes();
    }

    public int classes() {
        return plan.classes();
    }

    public int batchSize() {
        return settings.batchSize();
    }

    /** Multiply-adds of a forward pass over one image. */
    public long multiplyAdds() {
        return plan.multiplyAdds();
    }

    /** Number of activation quantizers; 0 for full precision. */
    public int activationQuantizers() {
        return quantizers.size();
    }

    /** Logits (N,classes) of images (N,H,W,C). */
    public Tensor forward(Tensor images) {
        requireImages(images);
        requireCalibrated();
        pool.run(
                shards.size(),
                i -> {
                    Shard shard = shards.get(i);
                    shard.load(images);
                    shard.forward();
                    shard.storeLogits(logits);
                });
        return logits;
    }

    /**
     * Lets a batch move the activation ranges, node by node, each with the new ranges of those
     * before it; returns its logits with the new ranges.
     */
    public Tensor calibrate(Tensor images) {
        requireImages(images);
        pool.run(shards.size(), i -> shards.get(i).load(images));
        float[][] extremes = new float[shards.size()][];
        for (int n = 0; n < plan.nodes().size(); n++) {
            int node = n;
            ActivationQuantizer quantizer = quantizers.get(node);
            if (quantizer == null) {
                pool.run(shards.size(), i -> shards.get(i).runner(node).forward());
                continue;
            }
            pool.run(
                    shards.size(),
                    i ->
                            extremes[i] =
                                    ((ConvolutionRunner) shards.get(i).runner(node))
                                            .forwardAndMeasure());
            float min = extremes[0][0];
            float max = extremes[0][1];
            for (float[] extreme : extremes) {
                min = Math.min(min, extreme[0]);
                max = Math.max(max, extreme[1]);
            }
            quantizer.observe(min, max);
            pool.run(
                    shards.size(),
                    i -> ((ConvolutionRunner) shards.get(i).runner(node)).quantize());
        }
        shards.forEach(shard -> shard.storeLogits(logits));
        return logits;
    }

    /**
     * How far activations of the last forward reach before they are quantized: the largest, over
     * the quantizers, of some sampled values' maximum divided by the range's upper end; NaN without
     * quantizers. To be called before its backward passes, on a network that makes some.
     */
    public double activationReach() {
        double reach = Double.NaN;
        for (Map.Entry<Integer, ActivationQuantizer> entry : quantizers.entrySet()) {
            float peak = 0;
            for (Shard shard : shards) {
                ConvolutionRunner unit = (ConvolutionRunner) shard.runner(entry.getKey());
                peak = Math.max(peak, unit.sampledPeak());
            }
            double end = entry.getValue().range.hi();
            if (end > 0 && !(peak / end <= reach)) {
                reach = peak / end;
            }
        }
        return reach;
    }

    /**
     * Gradient (N,H,W,C) of {@code <logitGradients, logits>} for the images of the last forward.
     */
    public Tensor inputGradient(Tensor logitGradients) {
        backward(logitGradients, false);
        return imageGradient;
    }

    /**
     * Computes the gradients of {@link #trainable}; after {@link TapMaps#distill}, with its loss.
     */
    public void parameterGradients(Tensor logitGradients) {
        backward(logitGradients, true);
        gradients.sum(pool);
    }

    private void backward(Tensor logitGradients, boolean withParameters) {
        logitGradients.require("logit gradients", settings.batchSize(), plan.classes());
        pool.run(
                shards.size(),
                i -> {
                    shards.get(i).backward(logitGradients, withParameters);
                    if (!withParameters) {
                        shards.get(i).storeImageGradient(imageGradient);
                    }
                });
    }

    /** Parameters and where their gradients are; to be changed only between calls. */
    public List<Parameter> trainable() {
        return gradients.trainable();
    }

    /** To be called after parameters were changed in place. */
    public void parametersChanged() {
        parameters.refresh(pool);
    }

    /** Moves the running statistics of the batch norms towards the last forward pass's. */
    public void updateRunningStatistics(double momentum) {
        gradients.updateRunningStatistics(momentum);
    }

    /** Weight of the BN-statistics loss in what backward passes differentiate. */
    public void batchNormStatisticsWeight(double weight) {
        statistics = new BatchNormStatistics(parameters, shards, weight);
    }

    /** BN-statistics loss of the last forward; to be called before its backward passes. */
    public double batchNormStatistics() {
        return statistics.evaluate();
    }

    /** Attention at the taps. */
    public TapMaps taps() {
        return taps;
    }

    private void requireImages(Tensor images) {
        images.require(
                "images", settings.batchSize(), plan.height(), plan.width(), plan.channels());
    }

    private void requireCalibrated() {
        activationWithoutRange()
                .ifPresent(
                        name -> {
                            throw new IllegalStateException(
                                    "activation " + name + " has no range; calibrate first");
                        });
    }

    /** A quantized activation whose range was neither loaded nor calibrated. */
    public Optional<String> activationWithoutRange() {
        for (ActivationQuantizer quantizer : quantizers.values()) {
            if (quantizer.current() == null) {
                return Optional.of(quantizer.name);
            }
        }
        return Optional.empty();
    }

    /** Parameters, and for each quantized activation {@code NAME.range} with lo and hi. */
    public StateDict save() {
        StateDict state = parameters.save();
        for (ActivationQuantizer quantizer : quantizers.values()) {
            if (quantizer.range.calibrated()) {
                state.put(
                        quantizer.name + RANGE_SUFFIX,
                        FloatArray.vector(quantizer.range.lo(), quantizer.range.hi()));
                state.putMetadata(RANGE_KEY + quantizer.name, quantizer.range.save());
            }
        }
        return state;
    }

    /** Takes over parameters and, where given, activation ranges. */
    public void load(StateDict state) {
        parameters.load(state);
        for (ActivationQuantizer quantizer : quantizers.values()) {
            String exact = state.metadata().get(RANGE_KEY + quantizer.name);
            String name = quantizer.name + RANGE_SUFFIX;
            if (exact != null) {
                quantizer.range.restore(exact);
            } else if (state.contains(name)) {
                float[] range = state.get(name).values();
                quantizer.range.set(range[0], range[1]);
            }
            quantizer.refresh();
        }
        parameters.refresh(pool);
    }

    @Override
    public void close() {
        shards.forEach(Shard::close);
        parameters.close();
        logits.close();
        taps.close();
        if (imageGradient != null) {
            imageGradient.close();
        }
        if (gradients != null) {
            gradients.close();
        }
    }
}
