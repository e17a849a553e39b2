package io.aktnode.nn.kernel;

import java.util.Arrays;
import java.util.List;

/** The generator's fused passes in plain Java: the reference, and the fallback. */
final class PlainGeneratorKernels implements GeneratorKernels {

    /** Beyond it tanh is 1 in float32. */
    static final float TANH_BOUND = 7.90531110763549805f;

    /** Below it tanh(x) is x in float32. */
    static final float TANH_TINY = 0.0004f;

    /** Numerator of the minimax fraction for tanh(x)/x in x², highest power first. */
    static final float[] TANH_ABOVE = {
        -2.76076847742355e-16f,
        2.00018790482477e-13f,
        -8.60467152213735e-11f,
        5.12229709037114e-08f,
        1.48572235717979e-05f,
        6.37261928875436e-04f,
        4.89352455891786e-03f
    };

    /** Denominator, highest power first. */
    static final float[] TANH_BELOW = {
        1.19825839466702e-06f, 1.18534705686654e-04f, 2.26843463243900e-03f, 4.89352518554385e-03f
    };

    /** Works on one pixel: the indices of its channel 0 in phases and image. */
    @FunctionalInterface
    private interface PixelWork {
        void run(int phase, int image);
    }

    private static void forEachPixel(PhaseShape shape, PixelWork work) {
        for (int n = 0; n < shape.images(); n++) {
            for (int y = 0; y < 2 * shape.height(); y++) {
                int phase = shape.phaseRow(n, y);
                int image = shape.imageRow(n, y);
                for (int i = 0; i < shape.width(); i++) {
                    work.run(phase, image);
                    work.run(phase + shape.toOdd(), image + shape.channels());
                    phase += shape.toEven();
                    image += 2 * shape.channels();
                }
            }
        }
    }

    @Override
    public void phaseMoments(
            Tensor phases, PhaseShape shape, ChannelVector shift, double[] sums, double[] squares) {
        Arrays.fill(sums, 0);
        Arrays.fill(squares, 0);
        forEachPixel(
                shape,
                (phase, image) -> {
                    for (int c = 0; c < shape.channels(); c++) {
                        float centred = phases.get(phase + c) - shift.get(c);
                        sums[c] += centred;
                        squares[c] += (double) centred * centred;
                    }
                });
    }

    @Override
    public void phaseActivation(
            Tensor phases,
            PhaseShape shape,
            ChannelVector a,
            ChannelVector b,
            float slope,
            Tensor y) {
        forEachPixel(
                shape,
                (phase, image) -> {
                    for (int c = 0; c < shape.channels(); c++) {
                        float v = Math.fma(phases.get(phase + c), a.get(c), b.get(c));
                        y.set(image + c, Math.max(v, v * slope));
                    }
                });
    }

    private static float masked(float g, float x, float a, float b, float slope) {
        return Math.fma(x, a, b) > 0 ? g : g * slope;
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
        Arrays.fill(sums, 0);
        Arrays.fill(products, 0);
        forEachPixel(
                shape,
                (phase, image) -> {
                    for (int c = 0; c < shape.channels(); c++) {
                        float x = phases.get(phase + c);
                        float inner = masked(g.get(image + c), x, a.get(c), b.get(c), slope);
                        sums[c] += inner;
                        products[c] += (double) inner * x;
                    }
                });
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
        forEachPixel(
                shape,
                (phase, image) -> {
                    for (int c = 0; c < shape.channels(); c++) {
                        float x = phases.get(phase + c);
                        float inner = masked(g.get(image + c), x, a.get(c), b.get(c), slope);
                        float rest = Math.fma(x, slopeOfX.get(c), offset.get(c));
                        out.set(phase + c, Math.fma(inner, scale.get(c), rest));
                    }
                });
    }

    @Override
    public void tanh(Tensor x, Tensor y) {
        tanh(x, y, 0);
    }

    static void tanh(Tensor x, Tensor y, int from) {
        for (int i = from; i < x.length(); i++) {
            y.set(i, tanh(x.get(i)));
        }
    }

    static float tanh(float value) {
        float x = Math.max(-TANH_BOUND, Math.min(TANH_BOUND, value));
        float square = x * x;
        float above = TANH_ABOVE[0];
        for (int i = 1; i < TANH_ABOVE.length; i++) {
            above = Math.fma(square, above, TANH_ABOVE[i]);
        }
        float below = TANH_BELOW[0];
        for (int i = 1; i < TANH_BELOW.length; i++) {
            below = Math.fma(square, below, TANH_BELOW[i]);
        }
        return Math.abs(value) < TANH_TINY ? value : x * above / below;
    }

    @Override
    public void tanhGradient(
            Tensor g,
            Tensor t,
            ChannelVector scale,
            ChannelVector slopeOfT,
            ChannelVector offset,
            Tensor out) {
        tanhGradient(g, t, scale, slopeOfT, offset, out, 0);
    }

    static void tanhGradient(
            Tensor g,
            Tensor t,
            ChannelVector scale,
            ChannelVector slopeOfT,
            ChannelVector offset,
            Tensor out,
            int from) {
        int channels = scale.channels();
        for (int i = from; i < t.length(); i++) {
            int c = i % channels;
            float value = t.get(i);
            float rest = Math.fma(value, slopeOfT.get(c), offset.get(c));
            float outer = Math.fma(g.get(i), scale.get(c), rest);
            out.set(i, outer * Math.fma(-value, value, 1f));
        }
    }

    @Override
    public void accumulate(Tensor x, int from, Tensor y) {
        accumulate(x, from, y, 0);
    }

    static void accumulate(Tensor x, int from, Tensor y, int start) {
        for (int i = start; i < y.length(); i++) {
            y.set(i, y.get(i) + x.get(from + i));
        }
    }

    @Override
    public void sum(List<Tensor> parts, int from, int to) {
        Tensor total = parts.get(0);
        for (int i = from; i < to; i++) {
            float sum = total.get(i);
            for (int part = 1; part < parts.size(); part++) {
                sum += parts.get(part).get(i);
            }
            total.set(i, sum);
        }
    }
}
