package io.aktnode.nn.kernel;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * The operations of a {@link Convolution} by libnd4j's {@code conv2d} family, where {@link OneDnn}
 * is not to be had.
 *
 * <p>For stride 1 the input gradient is a plain convolution with {@link #transpose turned and
 * transposed} weights, for other strides {@code deconv2d}; {@code conv2d_input_bp} does not reach
 * oneDNN.
 */
final class Nd4jConvolution {

    private Nd4jConvolution() {}

    static NativeCall forward(
            ConvolutionWeights weights, Tensor bias, Tensor input, Tensor output) {
        return new NativeOp(
                "conv2d",
                bias == null
                        ? arrays(input, weights.values())
                        : arrays(input, weights.values(), bias),
                arrays(output),
                weights.shape().arguments());
    }

    static NativeCall inputGradient(
            ConvolutionWeights weights, Tensor outputGradient, Tensor inputGradient) {
        ConvolutionShape shape = weights.shape();
        if (shape.stride() > 1) {
            return new NativeOp(
                    "deconv2d",
                    arrays(outputGradient, weights.values()),
                    arrays(inputGradient),
                    shape.arguments());
        }
        ConvolutionShape transposed =
                new ConvolutionShape(
                        shape.outChannels(),
                        shape.inChannels(),
                        shape.kernel(),
                        1,
                        shape.kernel() - 1 - shape.padding(),
                        shape.outHeight(),
                        shape.outWidth());
        return new NativeOp(
                "conv2d",
                arrays(outputGradient, weights.transposed()),
                arrays(inputGradient),
                transposed.arguments());
    }

    /**
     * @param inputGradient overwritten too
     */
    static NativeCall gradients(
            ConvolutionWeights weights,
            Tensor input,
            Tensor outputGradient,
            Tensor inputGradient,
            Tensor weightGradient) {
        return new NativeOp(
                "conv2d_bp",
                arrays(input, weights.values(), outputGradient),
                arrays(inputGradient, weightGradient),
                weights.shape().arguments());
    }

    /**
     * {@code to[i][o][y][x] = from[o][i][k-1-y][k-1-x]}.
     *
     * @param from (out,in,k,k)
     * @param to (in,out,k,k), overwritten
     */
    static void transpose(ConvolutionShape shape, Tensor from, Tensor to) {
        int area = shape.kernel() * shape.kernel();
        int in = shape.inChannels();
        int out = shape.outChannels();
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                int source = (o * in + i) * area;
                int target = (i * out + o) * area;
                for (int p = 0; p < area; p++) {
                    to.set(target + area - 1 - p, from.get(source + p));
                }
            }
        }
    }

    private static INDArray[] arrays(Tensor... tensors) {
        INDArray[] arrays = new INDArray[tensors.length];
        for (int i = 0; i < tensors.length; i++) {
            arrays[i] = tensors[i].array();
        }
        return arrays;
    }
}
