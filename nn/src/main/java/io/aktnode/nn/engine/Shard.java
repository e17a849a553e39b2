package io.aktnode.nn.engine;

import io.aktnode.nn.engine.ConvolutionRunner.ResidualGradient;
import io.aktnode.nn.engine.PlanNode.ConvolutionUnit;
import io.aktnode.nn.engine.PlanNode.Dense;
import io.aktnode.nn.engine.PlanNode.GlobalAveragePool;
import io.aktnode.nn.kernel.Tensor;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A network on a fixed part of every batch, with all its gradientBuffers. Parameters are shared
 * with the other shards and only read. One thread at a time.
 */
final class Shard implements AutoCloseable {

    private final NetworkPlan plan;
    private final int firstImage;
    private final Tensor images;
    private final Tensor[] values;
    private final NodeRunner[] runners;

    /** Apart, because a node reads one while it writes the other. */
    private final BufferPool valueBuffers = new BufferPool();

    private final BufferPool rawBuffers = new BufferPool();
    private final BufferPool gradientBuffers = new BufferPool();
    private final Tensor imageGradient;
    private final Tensor logitGradient;

    /**
     * @param quantizers by node; null for a network that is not quantized
     */
    Shard(
            NetworkPlan plan,
            Parameters parameters,
            NetworkMode mode,
            Map<Integer, ActivationQuantizer> quantizers,
            int firstImage,
            int imageCount) {
        this.plan = plan;
        this.firstImage = firstImage;
        this.images = Tensor.allocate(imageCount, plan.height(), plan.width(), plan.channels());
        int count = plan.nodes().size();
        this.values = new Tensor[count];
        for (int i = 0; i < count; i++) {
            boolean kept = mode.parameterGradients() || !plan.readByNextAlone(i);
            values[i] = forwardBuffer(valueBuffers, kept, shape(plan.nodes().get(i), imageCount));
        }
        this.runners = new NodeRunner[count];
        Map<Integer, Tensor> gradients = new HashMap<>();
        if (mode.inputGradients()) {
            gradients.put(count - 1, gradientBuffers.acquire(values[count - 1].shape()));
        }
        this.logitGradient = gradients.get(count - 1);
        // Backward order, because gradient buffers are handed on from reader to producer.
        for (int i = count - 1; i >= 0; i--) {
            runners[i] = runner(i, parameters, mode, quantizers, gradients);
        }
        this.imageGradient = gradients.get(NetworkPlan.IMAGES);
    }

    /**
     * A buffer of its own, or one that every node takes whose result is read before the next such
     * node writes.
     */
    private static Tensor forwardBuffer(BufferPool pool, boolean kept, int... shape) {
        if (kept) {
            return pool.allocate(shape);
        }
        Tensor shared = pool.acquire(shape);
        pool.release(shared);
        return shared;
    }

    private static int[] shape(PlanNode node, int imageCount) {
        return node instanceof ConvolutionUnit
                ? new int[] {imageCount, node.height(), node.width(), node.channels()}
                : new int[] {imageCount, node.channels()};
    }

    private Tensor value(int index) {
        return index == NetworkPlan.IMAGES ? images : values[index];
    }

    private NodeRunner runner(
            int index,
            Parameters parameters,
            NetworkMode mode,
            Map<Integer, ActivationQuantizer> quantizers,
            Map<Integer, Tensor> gradients) {
        PlanNode node = plan.nodes().get(index);
        Tensor input = value(node.input());
        boolean backward = mode.inputGradients();
        if (node instanceof ConvolutionUnit unit) {
            return new ConvolutionRunner(
                    parameters.convolution(index),
                    mode,
                    input,
                    forwardBuffer(rawBuffers, mode.inputGradients(), values[index].shape()),
                    values[index],
                    unit.residual() ? value(unit.skip()) : null,
                    backward ? residualGradient(index, unit, gradients) : null,
                    quantizers.get(index));
        }
        GradientSlot slot = backward ? slot(index, node.input(), gradients) : null;
        if (slot != null) {
            release(slot.ofValue(), slot);
        }
        if (node instanceof Dense) {
            return new DenseRunner(
                    parameters.dense(index), input, values[index], slot, mode.parameterGradients());
        }
        if (node instanceof GlobalAveragePool) {
            return new PoolRunner(input, values[index], slot);
        }
        throw new IllegalStateException("no runner for " + node);
    }

    private GradientSlot slot(int index, int input, Map<Integer, Tensor> gradients) {
        Tensor written = gradientBuffers.acquire(value(input).shape());
        Tensor first = gradients.putIfAbsent(input, written);
        return new GradientSlot(gradients.get(index), written, first == null ? written : first);
    }

    private ResidualGradient residualGradient(
            int index, ConvolutionUnit unit, Map<Integer, Tensor> gradients) {
        Tensor ofValue = gradients.get(index);
        Tensor ofSkip = null;
        boolean handedOn = false;
        if (unit.residual()) {
            handedOn = gradients.putIfAbsent(unit.skip(), ofValue) == null;
            ofSkip = gradients.get(unit.skip());
        }
        Tensor ofRaw = handedOn ? gradientBuffers.acquire(ofValue.shape()) : ofValue;
        GradientSlot slot = slot(index, unit.input(), gradients);
        release(ofRaw, slot);
        return new ResidualGradient(slot, ofRaw, ofSkip);
    }

    /** After a node's backward pass its own gradient and what it only added from are free again. */
    private void release(Tensor consumed, GradientSlot slot) {
        if (consumed != logitGradient()) {
            gradientBuffers.release(consumed);
        }
        if (slot.written() != slot.ofInput()) {
            gradientBuffers.release(slot.written());
        }
    }

    private Tensor logitGradient() {
        return logitGradient;
    }

    int firstImage() {
        return firstImage;
    }

    int imageCount() {
        return images.extent(0);
    }

    /** Copies this shard's rows of a batch. */
    void load(Tensor batch) {
        int each = images.length() / imageCount();
        images.copyFrom(batch, firstImage * each, 0, images.length());
    }

    void forward() {
        for (NodeRunner runner : runners) {
            runner.forward();
        }
    }

    NodeRunner runner(int index) {
        return runners[index];
    }

    List<ConvolutionRunner> taps() {
        List<ConvolutionRunner> taps = new ArrayList<>();
        plan.taps().forEach(index -> taps.add((ConvolutionRunner) runners[index]));
        return taps;
    }

    /** Copies this shard's logits into the batch's. */
    void storeLogits(Tensor logits) {
        Tensor own = values[values.length - 1];
        logits.copyFrom(own, 0, firstImage * plan.classes(), own.length());
    }

    /** Runs backward from this shard's rows of the batch's logit gradients. */
    void backward(Tensor logitGradients, boolean withParameters) {
        logitGradient.copyFrom(
                logitGradients, firstImage * plan.classes(), 0, logitGradient.length());
        for (int i = runners.length - 1; i >= 0; i--) {
            runners[i].backward(withParameters);
        }
    }

    /** Copies this shard's image gradients into the batch's. */
    void storeImageGradient(Tensor gradients) {
        int each = imageGradient.length() / imageCount();
        gradients.copyFrom(imageGradient, 0, firstImage * each, imageGradient.length());
    }

    @Override
    public void close() {
        for (NodeRunner runner : runners) {
            runner.close();
        }
        images.close();
        valueBuffers.close();
        rawBuffers.close();
        gradientBuffers.close();
    }
}
