package io.aktnode.nn.kernel;

import java.util.Arrays;

/**
 * The fused passes in plain Java: the reference, and the fallback where the Vector API is absent.
 */
final class PlainKernels implements ElementwiseKernels {

    @Override
    public int lanes() {
        return 1;
    }

    @Override
    public String description() {
        return "plain Java";
    }

    @Override
    public void affine(Tensor x, ChannelVector a, ChannelVector b, Tensor y) {
        affine(x, a, b, y, 0);
    }

    static void affine(Tensor x, ChannelVector a, ChannelVector b, Tensor y, int from) {
        int channels = a.channels();
        for (int i = from; i < x.length(); i++) {
            int c = i % channels;
            y.set(i, Math.fma(x.get(i), a.get(c), b.get(c)));
        }
    }

    @Override
    public void affineRelu(
            Tensor x, ChannelVector a, ChannelVector b, UniformQuantizer q, Tensor y) {
        affineRelu(x, a, b, q, y, 0);
    }

    static void affineRelu(
            Tensor x, ChannelVector a, ChannelVector b, UniformQuantizer q, Tensor y, int from) {
        int channels = a.channels();
        for (int i = from; i < x.length(); i++) {
            int c = i % channels;
            float value = Math.max(0, Math.fma(x.get(i), a.get(c), b.get(c)));
            y.set(i, q == null ? value : q.apply(value));
        }
    }

    @Override
    public void affineAddRelu(
            Tensor x, ChannelVector a, ChannelVector b, Tensor skip, UniformQuantizer q, Tensor y) {
        affineAddRelu(x, a, b, skip, q, y, 0);
    }

    static void affineAddRelu(
            Tensor x,
            ChannelVector a,
            ChannelVector b,
            Tensor skip,
            UniformQuantizer q,
            Tensor y,
            int from) {
        int channels = a.channels();
        for (int i = from; i < x.length(); i++) {
            int c = i % channels;
            float value = Math.max(0, Math.fma(x.get(i), a.get(c), b.get(c)) + skip.get(i));
            y.set(i, q == null ? value : q.apply(value));
        }
    }

    @Override
    public void affineAdd(Tensor x, ChannelVector a, ChannelVector b, Tensor skip, Tensor y) {
        affineAdd(x, a, b, skip, y, 0);
    }

    static void affineAdd(
            Tensor x, ChannelVector a, ChannelVector b, Tensor skip, Tensor y, int from) {
        int channels = a.channels();
        for (int i = from; i < x.length(); i++) {
            int c = i % channels;
            y.set(i, Math.fma(x.get(i), a.get(c), b.get(c)) + skip.get(i));
        }
    }

    @Override
    public void quantize(Tensor x, UniformQuantizer q, Tensor y) {
        quantize(x, q, y, 0);
    }

    static void quantize(Tensor x, UniformQuantizer q, Tensor y, int from) {
        for (int i = from; i < x.length(); i++) {
            y.set(i, q.apply(x.get(i)));
        }
    }

    @Override
    public void minMax(Tensor x, float[] range) {
        range[0] = Float.POSITIVE_INFINITY;
        range[1] = Float.NEGATIVE_INFINITY;
        minMax(x, range, 0);
    }

    static void minMax(Tensor x, float[] range, int from) {
        for (int i = from; i < x.length(); i++) {
            range[0] = Math.min(range[0], x.get(i));
            range[1] = Math.max(range[1], x.get(i));
        }
    }

    @Override
    public void reluGradient(Tensor g, Tensor x, ChannelVector a, ChannelVector b, Tensor out) {
        reluGradient(g, x, a, b, out, 0);
    }

    static void reluGradient(
            Tensor g, Tensor x, ChannelVector a, ChannelVector b, Tensor out, int from) {
        int channels = a.channels();
        for (int i = from; i < x.length(); i++) {
            int c = i % channels;
            out.set(i, Math.fma(x.get(i), a.get(c), b.get(c)) > 0 ? g.get(i) : 0);
        }
    }

    @Override
    public void addReluGradient(
            Tensor g, Tensor x, ChannelVector a, ChannelVector b, Tensor skip, Tensor out) {
        addReluGradient(g, x, a, b, skip, out, 0);
    }

    static void addReluGradient(
            Tensor g,
            Tensor x,
            ChannelVector a,
            ChannelVector b,
            Tensor skip,
            Tensor out,
            int from) {
        int channels = a.channels();
        for (int i = from; i < x.length(); i++) {
            int c = i % channels;
            float value = Math.fma(x.get(i), a.get(c), b.get(c)) + skip.get(i);
            out.set(i, value > 0 ? g.get(i) : 0);
        }
    }

    @Override
    public void affineGradient(
            Tensor g, Tensor x, ChannelVector a, ChannelVector q, ChannelVector p, Tensor out) {
        affineGradient(g, x, a, q, p, out, 0);
    }

    static void affineGradient(
            Tensor g,
            Tensor x,
            ChannelVector a,
            ChannelVector q,
            ChannelVector p,
            Tensor out,
            int from) {
        int channels = a.channels();
        for (int i = from; i < x.length(); i++) {
            int c = i % channels;
            out.set(i, Math.fma(g.get(i), a.get(c), Math.fma(x.get(i), q.get(c), p.get(c))));
        }
    }

    @Override
    public void channelSums(Tensor g, Tensor x, double[] sums, double[] products) {
        Arrays.fill(sums, 0);
        Arrays.fill(products, 0);
        channelSums(g, x, sums, products, 0);
    }

    static void channelSums(Tensor g, Tensor x, double[] sums, double[] products, int from) {
        for (int i = from; i < x.length(); i++) {
            int c = i % sums.length;
            sums[c] += g.get(i);
            products[c] += (double) g.get(i) * x.get(i);
        }
    }

    @Override
    public void moments(Tensor x, ChannelVector shift, double[] sums, double[] squares) {
        Arrays.fill(sums, 0);
        Arrays.fill(squares, 0);
        moments(x, shift, sums, squares, 0);
    }

    static void moments(Tensor x, ChannelVector shift, double[] sums, double[] squares, int from) {
        for (int i = from; i < x.length(); i++) {
            int c = i % sums.length;
            double value = x.get(i) - shift.get(c);
            sums[c] += value;
            squares[c] += value * value;
        }
    }

    @Override
    public void accumulate(Tensor x, Tensor y) {
        accumulate(x, y, 0);
    }

    static void accumulate(Tensor x, Tensor y, int from) {
        for (int i = from; i < x.length(); i++) {
            y.set(i, x.get(i) + y.get(i));
        }
    }

    @Override
    public void averagePool(Tensor x, Tensor y) {
        int channels = y.extent(1);
        int pixels = x.length() / y.length();
        for (int i = 0; i < y.length(); i++) {
            int base = i / channels * pixels * channels + i % channels;
            float sum = 0;
            for (int p = 0; p < pixels; p++) {
                sum += x.get(base + p * channels);
            }
            y.set(i, sum / pixels);
        }
    }

    @Override
    public void averagePoolGradient(Tensor g, Tensor x) {
        int channels = g.extent(1);
        int pixels = x.length() / g.length();
        for (int i = 0; i < g.length(); i++) {
            int base = i / channels * pixels * channels + i % channels;
            for (int p = 0; p < pixels; p++) {
                x.set(base + p * channels, g.get(i) / pixels);
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
        int base = image * spatial.length * channels;
        Arrays.fill(channel, 0);
        for (int p = 0; p < spatial.length; p++) {
            float row = 0;
            for (int c = 0; c < channels; c++) {
                float value = Math.fma(x.get(base + p * channels + c), a.get(c), b.get(c));
                channel[c] += value * value;
                row += value * value;
            }
            spatial[p] = row;
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
        int base = image * spatial.length * channels;
        for (int p = 0; p < spatial.length; p++) {
            for (int c = 0; c < channels; c++) {
                int i = base + p * channels + c;
                float value = Math.fma(x.get(i), a.get(c), b.get(c));
                g.set(i, Math.fma(2 * value, spatial[p] + channel.get(c), g.get(i)));
            }
        }
    }
}
