package io.aktnode.nn.engine;

import io.aktnode.nn.attention.RefinedFeatureDistillation;
import io.aktnode.nn.attention.TapAttention;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.Tensor;
import java.util.ArrayList;
import java.util.List;

/**
 * Attention maps of a network's taps over a whole batch, and the feature loss against another
 * network's. Buffers are made on first use.
 */
public final class TapMaps implements AutoCloseable {

    private final List<Shard> shards;
    private final int batchSize;
    private final List<PlanNode> nodes = new ArrayList<>();
    private final List<Tensor> channel = new ArrayList<>();
    private final List<Tensor> spatial = new ArrayList<>();
    private final List<List<TapAttention>> attentions = new ArrayList<>();
    private final List<List<RefinedFeatureDistillation>> losses = new ArrayList<>();

    TapMaps(NetworkPlan plan, List<Shard> shards, int batchSize) {
        this.shards = shards;
        this.batchSize = batchSize;
        plan.taps().forEach(index -> nodes.add(plan.nodes().get(index)));
    }

    public int count() {
        return nodes.size();
    }

    /** Channels of a tap. */
    public int channels(int tap) {
        return nodes.get(tap).channels();
    }

    /** Height times width of a tap. */
    public int pixels(int tap) {
        return nodes.get(tap).height() * nodes.get(tap).width();
    }

    /** Computes the maps of the last forward pass. */
    public void compute(ComputePool pool) {
        if (attentions.isEmpty()) {
            allocate();
        }
        pool.run(shards.size(), i -> compute(shards.get(i), attentions.get(i)));
    }

    private void allocate() {
        for (int tap = 0; tap < count(); tap++) {
            channel.add(Tensor.allocate(batchSize, channels(tap)));
            spatial.add(Tensor.allocate(batchSize, pixels(tap)));
        }
        for (int i = 0; i < shards.size(); i++) {
            List<TapAttention> perTap = new ArrayList<>();
            for (int tap = 0; tap < count(); tap++) {
                perTap.add(new TapAttention(channels(tap), pixels(tap)));
            }
            attentions.add(perTap);
        }
    }

    private void compute(Shard shard, List<TapAttention> perTap) {
        List<ConvolutionRunner> runners = shard.taps();
        for (int tap = 0; tap < count(); tap++) {
            TapAttention attention = perTap.get(tap);
            for (int image = 0; image < shard.imageCount(); image++) {
                runners.get(tap).attention(attention, image);
                int row = shard.firstImage() + image;
                store(attention.channel(), channel.get(tap), row);
                store(attention.spatial(), spatial.get(tap), row);
            }
        }
    }

    private static void store(double[] values, Tensor map, int row) {
        for (int i = 0; i < values.length; i++) {
            map.set(row * values.length + i, (float) values[i]);
        }
    }

    /** Per tap A_c of the last {@link #compute}, (N,C). */
    public List<Tensor> channel() {
        return List.copyOf(channel);
    }

    /** Per tap A_s of the last {@link #compute}, (N,H·W). */
    public List<Tensor> spatial() {
        return List.copyOf(spatial);
    }

    /**
     * Adds the feature loss against a teacher's maps to the next backward pass.
     *
     * @param temperature τ
     * @param weight λ; neither may change between calls
     */
    public void distill(
            List<Tensor> teacherChannel,
            List<Tensor> teacherSpatial,
            double temperature,
            double weight) {
        requireMaps(teacherChannel, teacherSpatial);
        if (losses.isEmpty()) {
            for (int i = 0; i < shards.size(); i++) {
                List<RefinedFeatureDistillation> perTap = new ArrayList<>();
                for (int tap = 0; tap < count(); tap++) {
                    perTap.add(
                            new RefinedFeatureDistillation(
                                    channels(tap), pixels(tap), temperature, weight));
                }
                losses.add(perTap);
            }
        }
        for (int i = 0; i < shards.size(); i++) {
            List<ConvolutionRunner> runners = shards.get(i).taps();
            for (int tap = 0; tap < count(); tap++) {
                runners.get(tap)
                        .distill(
                                losses.get(i).get(tap),
                                teacherChannel.get(tap),
                                teacherSpatial.get(tap),
                                shards.get(i).firstImage());
            }
        }
    }

    private void requireMaps(List<Tensor> teacherChannel, List<Tensor> teacherSpatial) {
        if (teacherChannel.size() != count() || teacherSpatial.size() != count()) {
            throw new IllegalArgumentException(
                    "the teacher sent maps of "
                            + teacherChannel.size()
                            + " taps, the student has "
                            + count());
        }
        for (int tap = 0; tap < count(); tap++) {
            teacherChannel.get(tap).require("channel map", batchSize, channels(tap));
            teacherSpatial.get(tap).require("spatial map", batchSize, pixels(tap));
        }
    }

    /** The feature loss found by the last backward pass after {@link #distill}, summed in order. */
    public double featureLoss() {
        double loss = 0;
        for (int tap = 0; tap < count(); tap++) {
            for (Shard shard : shards) {
                loss += shard.taps().get(tap).featureLoss();
            }
        }
        return loss;
    }

    @Override
    public void close() {
        channel.forEach(Tensor::close);
        spatial.forEach(Tensor::close);
    }
}
