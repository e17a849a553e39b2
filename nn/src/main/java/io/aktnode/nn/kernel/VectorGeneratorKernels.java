package io.aktnode.nn.kernel;

import static io.aktnode.nn.kernel.VectorMemory.LANES;
import static io.aktnode.nn.kernel.VectorMemory.SPECIES;
import static io.aktnode.nn.kernel.VectorMemory.load;
import static io.aktnode.nn.kernel.VectorMemory.of;
import static io.aktnode.nn.kernel.VectorMemory.store;

import java.util.Arrays;
import java.util.List;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorMask;
import jdk.incubator.vector.VectorOperators;

/**
 * The generator's fused passes on the Vector API; channels that fill no SIMD registers, and ends of
 * arrays, go to {@link PlainGeneratorKernels}.
 */
final class VectorGeneratorKernels implements GeneratorKernels {

    /** Pixels summed in float before the sum goes on in double. */
    private static final int BLOCK = 256;

    private static FloatVector channel(float[] repeated, int c) {
        return FloatVector.fromArray(SPECIES, repeated, c);
    }

    private static FloatVector masked(
            FloatVector g, FloatVector x, FloatVector a, FloatVector b, float slope) {
        VectorMask<Float> positive = x.fma(a, b).compare(VectorOperators.GT, 0f);
        return g.mul(slope).blend(g, positive);
    }

    private static void add(FloatVector value, float[] sums, int c) {
        FloatVector.fromArray(SPECIES, sums, c).add(value).intoArray(sums, c);
    }

    private static void fold(float[] block, double[] sums) {
        for (int c = 0; c < block.length; c++) {
            sums[c] += block[c];
        }
        Arrays.fill(block, 0);
    }

    @Override
    public void phaseMoments(
            Tensor phases, PhaseShape shape, ChannelVector shift, double[] sums, double[] squares) {
        int channels = shape.channels();
        if (channels % LANES != 0) {
            GeneratorKernels.plain().phaseMoments(phases, shape, shift, sums, squares);
            return;
        }
        Arrays.fill(sums, 0);
        Arrays.fill(squares, 0);
        float[] sum = new float[channels];
        float[] square = new float[channels];
        Object from = of(phases);
        float[] shifts = shift.repeated();
        int rows = shape.images() * 2 * shape.height();
        int pixels = 0;
        for (int row = 0; row < rows; row++) {
            int start = shape.phaseRow(row / (2 * shape.height()), row % (2 * shape.height()));
            momentsOfRow(from, start, shape, shifts, sum, square);
            pixels += 2 * shape.width();
            if (pixels >= BLOCK) {
                fold(sum, sums);
                fold(square, squares);
                pixels = 0;
            }
        }
        fold(sum, sums);
        fold(square, squares);
    }

    private static void momentsOfRow(
            Object from, int start, PhaseShape shape, float[] shifts, float[] sum, float[] square) {
        int odd = shape.toOdd();
        int step = shape.toEven();
        int length = shape.width() * step;
        for (int c = 0; c < sum.length; c += LANES) {
            FloatVector centre = channel(shifts, c);
            FloatVector s0 = FloatVector.zero(SPECIES);
            FloatVector s1 = FloatVector.zero(SPECIES);
            FloatVector q0 = FloatVector.zero(SPECIES);
            FloatVector q1 = FloatVector.zero(SPECIES);
            int first = start + c;
            for (int i = first; i < first + length; i += step) {
                FloatVector even = load(from, i).sub(centre);
                FloatVector right = load(from, i + odd).sub(centre);
                s0 = s0.add(even);
                s1 = s1.add(right);
                q0 = even.fma(even, q0);
                q1 = right.fma(right, q1);
            }
            add(s0.add(s1), sum, c);
            add(q0.add(q1), square, c);
        }
    }

    @Override
    public void phaseActivation(
            Tensor phases,
            PhaseShape shape,
            ChannelVector a,
            ChannelVector b,
            float slope,
            Tensor y) {
        int channels = shape.channels();
        if (channels % LANES != 0) {
            GeneratorKernels.plain().phaseActivation(phases, shape, a, b, slope, y);
            return;
        }
        Object from = of(phases);
        Object to = of(y);
        float[] scales = a.repeated();
        float[] shifts = b.repeated();
        for (int n = 0; n < shape.images(); n++) {
            for (int row = 0; row < 2 * shape.height(); row++) {
                int phase = shape.phaseRow(n, row);
                int image = shape.imageRow(n, row);
                for (int i = 0; i < shape.width(); i++) {
                    for (int half = 0; half < 2; half++) {
                        for (int c = 0; c < channels; c += LANES) {
                            FloatVector v =
                                    load(from, phase + c)
                                            .fma(channel(scales, c), channel(shifts, c));
                            store(v.max(v.mul(slope)), to, image + c);
                        }
                        phase += half == 0 ? shape.toOdd() : shape.toEven() - shape.toOdd();
                        image += channels;
                    }
                }
            }
        }
    }

    @Override
    public void phaseGradientSums(
            Tensor g,
            Tensor phases,
            PhaseShape shape,
            ChannelVector a,
            ChannelVector b,
            float slope,
            double[] sums,
            double[] products) {
        int channels = shape.channels();
        if (channels % LANES != 0) {
            GeneratorKernels.plain()
                    .phaseGradientSums(g, phases, shape, a, b, slope, sums, products);
            return;
        }
        Arrays.fill(sums, 0);
        Arrays.fill(products, 0);
        float[] sum = new float[channels];
        float[] product = new float[channels];
        Object gradient = of(g);
        Object from = of(phases);
        float[] scales = a.repeated();
        float[] shifts = b.repeated();
        int odd = shape.toOdd();
        int step = shape.toEven();
        int pixels = 0;
        for (int n = 0; n < shape.images(); n++) {
            for (int row = 0; row < 2 * shape.height(); row++) {
                int phase = shape.phaseRow(n, row);
                int image = shape.imageRow(n, row);
                for (int c = 0; c < channels; c += LANES) {
                    FloatVector scale = channel(scales, c);
                    FloatVector shift = channel(shifts, c);
                    FloatVector s = FloatVector.zero(SPECIES);
                    FloatVector p = FloatVector.zero(SPECIES);
                    for (int i = 0, j = phase + c, k = image + c;
                            i < shape.width();
                            i++, j += step, k += 2 * channels) {
                        FloatVector x0 = load(from, j);
                        FloatVector x1 = load(from, j + odd);
                        FloatVector g0 = masked(load(gradient, k), x0, scale, shift, slope);
                        FloatVector g1 =
                                masked(load(gradient, k + channels), x1, scale, shift, slope);
                        s = s.add(g0).add(g1);
                        p = g1.fma(x1, g0.fma(x0, p));
                    }
                    add(s, sum, c);
                    add(p, product, c);
                }
                pixels += 2 * shape.width();
                if (pixels >= BLOCK) {
                    fold(sum, sums);
                    fold(product, products);
                    pixels = 0;
                }
            }
        }
        fold(sum, sums);
        fold(product, products);
    }

    @Override
    public void phaseGradient(
            Tensor g,
            Tensor phases,
            PhaseShape shape,
            ChannelVector a,
            ChannelVector b,
            float slope,
            ChannelVector scale,
            ChannelVector slopeOfX,
            ChannelVector offset,
            Tensor out) {
        int channels = shape.channels();
        if (channels % LANES != 0) {
            GeneratorKernels.plain()
                    .phaseGradient(g, phases, shape, a, b, slope, scale, slopeOfX, offset, out);
            return;
        }
        Object gradient = of(g);
        Object from = of(phases);
        Object to = of(out);
        float[] scales = a.repeated();
        float[] shifts = b.repeated();
        float[] factors = scale.repeated();
        float[] slopes = slopeOfX.repeated();
        float[] offsets = offset.repeated();
        for (int n = 0; n < shape.images(); n++) {
            for (int row = 0; row < 2 * shape.height(); row++) {
                int phase = shape.phaseRow(n, row);
                int image = shape.imageRow(n, row);
                for (int i = 0; i < shape.width(); i++) {
                    for (int half = 0; half < 2; half++) {
                        for (int c = 0; c < channels; c += LANES) {
                            FloatVector x = load(from, phase + c);
                            FloatVector inner =
                                    masked(
                                            load(gradient, image + c),
                                            x,
                                            channel(scales, c),
                                            channel(shifts, c),
                                            slope);
                            FloatVector rest = x.fma(channel(slopes, c), channel(offsets, c));
                            store(inner.fma(channel(factors, c), rest), to, phase + c);
                        }
                        phase += half == 0 ? shape.toOdd() : shape.toEven() - shape.toOdd();
                        image += channels;
                    }
                }
            }
        }
    }

    @Override
    public void tanh(Tensor x, Tensor y) {
        Object from = of(x);
        Object to = of(y);
        int end = SPECIES.loopBound(x.length());
        for (int i = 0; i < end; i += LANES) {
            FloatVector value = load(from, i);
            FloatVector bounded =
                    value.min(PlainGeneratorKernels.TANH_BOUND)
                            .max(-PlainGeneratorKernels.TANH_BOUND);
            FloatVector square = bounded.mul(bounded);
            FloatVector above = polynomial(square, PlainGeneratorKernels.TANH_ABOVE);
            FloatVector below = polynomial(square, PlainGeneratorKernels.TANH_BELOW);
            VectorMask<Float> tiny =
                    value.abs().compare(VectorOperators.LT, PlainGeneratorKernels.TANH_TINY);
            store(bounded.mul(above).div(below).blend(value, tiny), to, i);
        }
        PlainGeneratorKernels.tanh(x, y, end);
    }

    private static FloatVector polynomial(FloatVector x, float[] coefficients) {
        FloatVector sum = FloatVector.broadcast(SPECIES, coefficients[0]);
        for (int i = 1; i < coefficients.length; i++) {
            sum = x.fma(sum, FloatVector.broadcast(SPECIES, coefficients[i]));
        }
        return sum;
    }

    @Override
    public void tanhGradient(
            Tensor g,
            Tensor t,
            ChannelVector scale,
            ChannelVector slopeOfT,
            ChannelVector offset,
            Tensor out) {
        Object gradient = of(g);
        Object from = of(t);
        Object to = of(out);
        float[] factors = scale.repeated();
        float[] slopes = slopeOfT.repeated();
        float[] offsets = offset.repeated();
        FloatVector one = FloatVector.broadcast(SPECIES, 1f);
        int end = SPECIES.loopBound(t.length());
        for (int i = 0, c = 0; i < end; i += LANES) {
            FloatVector value = load(from, i);
            FloatVector rest = value.fma(channel(slopes, c), channel(offsets, c));
            FloatVector outer = load(gradient, i).fma(channel(factors, c), rest);
            store(outer.mul(value.neg().fma(value, one)), to, i);
            c = c + LANES == factors.length ? 0 : c + LANES;
        }
        PlainGeneratorKernels.tanhGradient(g, t, scale, slopeOfT, offset, out, end);
    }

    @Override
    public void accumulate(Tensor x, int from, Tensor y) {
        Object source = of(x);
        Object to = of(y);
        int end = SPECIES.loopBound(y.length());
        for (int i = 0; i < end; i += LANES) {
            store(load(to, i).add(load(source, from + i)), to, i);
        }
        PlainGeneratorKernels.accumulate(x, from, y, end);
    }

    @Override
    public void sum(List<Tensor> parts, int from, int to) {
        Object total = of(parts.get(0));
        int end = from + SPECIES.loopBound(to - from);
        for (int part = 1; part < parts.size(); part++) {
            Object next = of(parts.get(part));
            for (int i = from; i < end; i += LANES) {
                store(load(total, i).add(load(next, i)), total, i);
            }
        }
        GeneratorKernels.plain().sum(parts, end, to);
    }
}
