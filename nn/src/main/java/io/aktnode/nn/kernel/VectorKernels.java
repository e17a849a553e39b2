package io.aktnode.nn.kernel;

import static io.aktnode.nn.kernel.VectorMemory.LANES;
import static io.aktnode.nn.kernel.VectorMemory.SPECIES;
import static io.aktnode.nn.kernel.VectorMemory.load;
import static io.aktnode.nn.kernel.VectorMemory.of;
import static io.aktnode.nn.kernel.VectorMemory.store;

import java.util.Arrays;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The fused passes on the Vector API. Each walks the array register by register beside the repeated
 * channel values, and leaves what does not fill a register to {@link PlainKernels}. One loop a
 * method: two in one exceed what the JIT compiler inlines, and each vector becomes an object.
 */
final class VectorKernels implements ElementwiseKernels {

    /** Adding and taking away 1.5·2^23 rounds a float below 2^22 half to even. */
    private static final float ROUNDER = 12_582_912f;

    /** Registers summed in float before the sum goes on in double. */
    private static final int BLOCK = 256;

    @Override
    public int lanes() {
        return LANES;
    }

    @Override
    public String description() {
        return LANES + " lanes (Vector API)";
    }

    private static int whole(int length) {
        return length - length % LANES;
    }

    private static FloatVector channel(float[] repeated, int c) {
        return FloatVector.fromArray(SPECIES, repeated, c);
    }

    private static FloatVector quantized(
            FloatVector v, float scale, float zero, float lowest, float highest, float step) {
        return v.mul(scale)
                .sub(zero)
                .max(lowest)
                .min(highest)
                .add(ROUNDER)
                .sub(ROUNDER)
                .add(zero)
                .mul(step);
    }

    @Override
    public void affine(Tensor x, ChannelVector a, ChannelVector b, Tensor y) {
        Object from = of(x);
        Object to = of(y);
        float[] scales = a.repeated();
        float[] shifts = b.repeated();
        int end = whole(x.length());
        for (int i = 0, c = 0; i < end; i += LANES) {
            store(load(from, i).fma(channel(scales, c), channel(shifts, c)), to, i);
            c = c + LANES == scales.length ? 0 : c + LANES;
        }
        PlainKernels.affine(x, a, b, y, end);
    }

    @Override
    public void affineRelu(
            Tensor x, ChannelVector a, ChannelVector b, UniformQuantizer q, Tensor y) {
        if (q != null) {
            affineReluQuantized(x, a, b, q, y);
            return;
        }
        Object from = of(x);
        Object to = of(y);
        float[] scales = a.repeated();
        float[] shifts = b.repeated();
        int end = whole(x.length());
        for (int i = 0, c = 0; i < end; i += LANES) {
            FloatVector v = load(from, i).fma(channel(scales, c), channel(shifts, c)).max(0f);
            store(v, to, i);
            c = c + LANES == scales.length ? 0 : c + LANES;
        }
        PlainKernels.affineRelu(x, a, b, null, y, end);
    }

    private static void affineReluQuantized(
            Tensor x, ChannelVector a, ChannelVector b, UniformQuantizer q, Tensor y) {
        Object from = of(x);
        Object to = of(y);
        float[] scales = a.repeated();
        float[] shifts = b.repeated();
        float scale = q.scale();
        float zero = q.zero();
        float lowest = q.lowest();
        float highest = q.highest();
        float step = q.step();
        int end = whole(x.length());
        for (int i = 0, c = 0; i < end; i += LANES) {
            FloatVector v = load(from, i).fma(channel(scales, c), channel(shifts, c)).max(0f);
            store(quantized(v, scale, zero, lowest, highest, step), to, i);
            c = c + LANES == scales.length ? 0 : c + LANES;
        }
        PlainKernels.affineRelu(x, a, b, q, y, end);
    }

    @Override
    public void affineAddRelu(
            Tensor x, ChannelVector a, ChannelVector b, Tensor skip, UniformQuantizer q, Tensor y) {
        if (q != null) {
            affineAddReluQuantized(x, a, b, skip, q, y);
            return;
        }
        Object from = of(x);
        Object other = of(skip);
        Object to = of(y);
        float[] scales = a.repeated();
        float[] shifts = b.repeated();
        int end = whole(x.length());
        for (int i = 0, c = 0; i < end; i += LANES) {
            FloatVector v = load(from, i).fma(channel(scales, c), channel(shifts, c));
            store(v.add(load(other, i)).max(0f), to, i);
            c = c + LANES == scales.length ? 0 : c + LANES;
        }
        PlainKernels.affineAddRelu(x, a, b, skip, null, y, end);
    }

    private static void affineAddReluQuantized(
            Tensor x, ChannelVector a, ChannelVector b, Tensor skip, UniformQuantizer q, Tensor y) {
        Object from = of(x);
        Object other = of(skip);
        Object to = of(y);
        float[] scales = a.repeated();
        float[] shifts = b.repeated();
        float scale = q.scale();
        float zero = q.zero();
        float lowest = q.lowest();
        float highest = q.highest();
        float step = q.step();
        int end = whole(x.length());
        for (int i = 0, c = 0; i < end; i += LANES) {
            FloatVector v = load(from, i).fma(channel(scales, c), channel(shifts, c));
            FloatVector active = v.add(load(other, i)).max(0f);
            store(quantized(active, scale, zero, lowest, highest, step), to, i);
            c = c + LANES == scales.length ? 0 : c + LANES;
        }
        PlainKernels.affineAddRelu(x, a, b, skip, q, y, end);
    }

    @Override
    public void affineAdd(Tensor x, ChannelVector a, ChannelVector b, Tensor skip, Tensor y) {
        Object from = of(x);
        Object other = of(skip);
        Object to = of(y);
        float[] scales = a.repeated();
        float[] shifts = b.repeated();
        int end = whole(x.length());
        for (int i = 0, c = 0; i < end; i += LANES) {
            FloatVector v = load(from, i).fma(channel(scales, c), channel(shifts, c));
            store(v.add(load(other, i)), to, i);
            c = c + LANES == scales.length ? 0 : c + LANES;
        }
        PlainKernels.affineAdd(x, a, b, skip, y, end);
    }

    @Override
    public void quantize(Tensor x, UniformQuantizer q, Tensor y) {
        Object from = of(x);
        Object to = of(y);
        int end = whole(x.length());
        float scale = q.scale();
        float zero = q.zero();
        float lowest = q.lowest();
        float highest = q.highest();
        float step = q.step();
        for (int i = 0; i < end; i += LANES) {
            store(quantized(load(from, i), scale, zero, lowest, highest, step), to, i);
        }
        PlainKernels.quantize(x, q, y, end);
    }

    @Override
    public void minMax(Tensor x, float[] range) {
        Object from = of(x);
        int end = whole(x.length());
        FloatVector low = FloatVector.broadcast(SPECIES, Float.POSITIVE_INFINITY);
        FloatVector high = FloatVector.broadcast(SPECIES, Float.NEGATIVE_INFINITY);
        for (int i = 0; i < end; i += LANES) {
            FloatVector v = load(from, i);
            low = low.min(v);
            high = high.max(v);
        }
        range[0] = low.reduceLanes(VectorOperators.MIN);
        range[1] = high.reduceLanes(VectorOperators.MAX);
        PlainKernels.minMax(x, range, end);
    }

    @Override
    public void reluGradient(Tensor g, Tensor x, ChannelVector a, ChannelVector b, Tensor out) {
        Object gradient = of(g);
        Object from = of(x);
        Object to = of(out);
        float[] scales = a.repeated();
        float[] shifts = b.repeated();
        FloatVector zero = FloatVector.zero(SPECIES);
        int end = whole(x.length());
        for (int i = 0, c = 0; i < end; i += LANES) {
            FloatVector v = load(from, i).fma(channel(scales, c), channel(shifts, c));
            VectorMask<Float> active = v.compare(VectorOperators.GT, 0f);
            store(zero.blend(load(gradient, i), active), to, i);
            c = c + LANES == scales.length ? 0 : c + LANES;
        }
        PlainKernels.reluGradient(g, x, a, b, out, end);
    }

    @Override
    public void addReluGradient(
            Tensor g, Tensor x, ChannelVector a, ChannelVector b, Tensor skip, Tensor out) {
        Object gradient = of(g);
        Object from = of(x);
        Object other = of(skip);
        Object to = of(out);
        float[] scales = a.repeated();
        float[] shifts = b.repeated();
        FloatVector zero = FloatVector.zero(SPECIES);
        int end = whole(x.length());
        for (int i = 0, c = 0; i < end; i += LANES) {
            FloatVector v = load(from, i).fma(channel(scales, c), channel(shifts, c));
            VectorMask<Float> active = v.add(load(other, i)).compare(VectorOperators.GT, 0f);
            store(zero.blend(load(gradient, i), active), to, i);
            c = c + LANES == scales.length ? 0 : c + LANES;
        }
        PlainKernels.addReluGradient(g, x, a, b, skip, out, end);
    }

    @Override
    public void affineGradient(
            Tensor g, Tensor x, ChannelVector a, ChannelVector q, ChannelVector p, Tensor out) {
        Object gradient = of(g);
        Object from = of(x);
        Object to = of(out);
        float[] scales = a.repeated();
        float[] slopes = q.repeated();
        float[] shifts = p.repeated();
        int end = whole(x.length());
        for (int i = 0, c = 0; i < end; i += LANES) {
            FloatVector v = load(from, i).fma(channel(slopes, c), channel(shifts, c));
            store(load(gradient, i).fma(channel(scales, c), v), to, i);
            c = c + LANES == scales.length ? 0 : c + LANES;
        }
        PlainKernels.affineGradient(g, x, a, q, p, out, end);
    }

    @Override
    public void channelSums(Tensor g, Tensor x, double[] sums, double[] products) {
        Object gradient = of(g);
        Object from = of(x);
        Arrays.fill(sums, 0);
        Arrays.fill(products, 0);
        int period = ChannelVector.period(sums.length);
        int end = x.length() - x.length() % period;
        for (int block = 0; block < end; block += BLOCK * period) {
            int blockEnd = Math.min(end, block + BLOCK * period);
            for (int c = 0; c < period; c += LANES) {
                FloatVector sum = FloatVector.zero(SPECIES);
                FloatVector product = FloatVector.zero(SPECIES);
                for (int i = block + c; i < blockEnd; i += period) {
                    FloatVector v = load(gradient, i);
                    sum = sum.add(v);
                    product = v.fma(load(from, i), product);
                }
                fold(sum, c, sums);
                fold(product, c, products);
            }
        }
        PlainKernels.channelSums(g, x, sums, products, end);
    }

    @Override
    public void moments(Tensor x, ChannelVector shift, double[] sums, double[] squares) {
        Object from = of(x);
        Arrays.fill(sums, 0);
        Arrays.fill(squares, 0);
        float[] shifts = shift.repeated();
        int period = shifts.length;
        int end = x.length() - x.length() % period;
        for (int block = 0; block < end; block += BLOCK * period) {
            int blockEnd = Math.min(end, block + BLOCK * period);
            for (int c = 0; c < period; c += LANES) {
                FloatVector centre = channel(shifts, c);
                FloatVector sum = FloatVector.zero(SPECIES);
                FloatVector square = FloatVector.zero(SPECIES);
                for (int i = block + c; i < blockEnd; i += period) {
                    FloatVector v = load(from, i).sub(centre);
                    sum = sum.add(v);
                    square = v.fma(v, square);
                }
                fold(sum, c, sums);
                fold(square, c, squares);
            }
        }
        PlainKernels.moments(x, shift, sums, squares, end);
    }

    private static void fold(FloatVector sum, int c, double[] sums) {
        for (int lane = 0; lane < LANES; lane++) {
            sums[(c + lane) % sums.length] += sum.lane(lane);
        }
    }

    @Override
    public void accumulate(Tensor x, Tensor y) {
        Object from = of(x);
        Object to = of(y);
        int end = whole(x.length());
        for (int i = 0; i < end; i += LANES) {
            store(load(from, i).add(load(to, i)), to, i);
        }
        PlainKernels.accumulate(x, y, end);
    }

    @Override
    public void averagePool(Tensor x, Tensor y) {
        int channels = y.extent(1);
        if (channels % LANES != 0) {
            Kernels.plain().averagePool(x, y);
            return;
        }
        Object from = of(x);
        Object to = of(y);
        int pixels = x.length() / y.length();
        for (int i = 0; i < y.length(); i += LANES) {
            int base = i / channels * pixels * channels + i % channels;
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int p = 0; p < pixels; p++) {
                sum = sum.add(load(from, base + p * channels));
            }
            store(sum.div(pixels), to, i);
        }
    }

    @Override
    public void averagePoolGradient(Tensor g, Tensor x) {
        int channels = g.extent(1);
        if (channels % LANES != 0) {
            Kernels.plain().averagePoolGradient(g, x);
            return;
        }
        Object from = of(g);
        Object to = of(x);
        int pixels = x.length() / g.length();
        for (int i = 0; i < g.length(); i += LANES) {
            int base = i / channels * pixels * channels + i % channels;
            FloatVector share = load(from, i).div(pixels);
            for (int p = 0; p < pixels; p++) {
                store(share, to, base + p * channels);
            }
        }
    }

    @Override
    public void squareSums(
            Tensor x,
            int image,
            ChannelVector a,
            ChannelVector b,
            float[] channel,
            float[] spatial) {
        int channels = a.channels();
        if (channels % LANES != 0) {
            Kernels.plain().squareSums(x, image, a, b, channel, spatial);
            return;
        }
        Object from = of(x);
        float[] scales = a.repeated();
        float[] shifts = b.repeated();
        int base = image * spatial.length * channels;
        Arrays.fill(spatial, 0);
        for (int c = 0; c < channels; c += LANES) {
            FloatVector scale = channel(scales, c);
            FloatVector shift = channel(shifts, c);
            FloatVector sum = FloatVector.zero(SPECIES);
            for (int p = 0, i = base + c; p < spatial.length; p++, i += channels) {
                FloatVector v = load(from, i).fma(scale, shift);
                FloatVector square = v.mul(v);
                sum = sum.add(square);
                spatial[p] += VectorLaneSums.of(square);
            }
            sum.intoArray(channel, c);
        }
    }

    @Override
    public void squareSumsGradient(
            Tensor x,
            int image,
            ChannelVector a,
            ChannelVector b,
            ChannelVector channel,
            float[] spatial,
            Tensor g) {
        int channels = a.channels();
        if (channels % LANES != 0) {
            Kernels.plain().squareSumsGradient(x, image, a, b, channel, spatial, g);
            return;
        }
        Object from = of(x);
        Object to = of(g);
        float[] scales = a.repeated();
        float[] shifts = b.repeated();
        float[] weights = channel.repeated();
        int base = image * spatial.length * channels;
        for (int c = 0; c < channels; c += LANES) {
            FloatVector scale = channel(scales, c).mul(2);
            FloatVector shift = channel(shifts, c).mul(2);
            FloatVector weight = channel(weights, c);
            for (int p = 0, i = base + c; p < spatial.length; p++, i += channels) {
                FloatVector twice = load(from, i).fma(scale, shift);
                store(twice.fma(weight.add(spatial[p]), load(to, i)), to, i);
            }
        }
    }
}
