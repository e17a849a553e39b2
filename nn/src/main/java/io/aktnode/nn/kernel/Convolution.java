package io.aktnode.nn.kernel;

import org.nd4j.linalg.api.ndarray.INDArray;

/**
 * A convolution of one shard of a batch and its gradients, by oneDNN through libnd4j's {@code
 * conv2d} family; all operations are bound to the shard's buffers when they are built.
 *
 * <p>Images are (N,H,W,C), weights (out,in,k,k), float32. For stride 1 the input gradient is a
 * plain convolution with {@link #transposeWeights turned and transposed} weights, for other strides
 * {@code deconv2d}; {@code conv2d_input_bp} does not reach oneDNN. One thread at a time; several
 * instances may share read-only weights.
 */
public final class Convolution implements AutoCloseable {

    private final NativeOp forward;
    private final NativeOp inputGradient;
    private final NativeOp gradients;

    private Convolution(Builder builder) {
        ConvolutionShape shape = builder.shape;
        this.forward =
                builder.output == null
                        ? null
                        : new NativeOp(
                                "conv2d",
                                builder.bias == null
                                        ? arrays(builder.input, builder.weights)
                                        : arrays(builder.input, builder.weights, builder.bias),
                                arrays(builder.output),
                                shape.arguments());
        this.inputGradient = builder.inputGradientOnly == null ? null : inputGradient(builder);
        this.gradients =
                builder.weightGradient == null
                        ? null
                        : new NativeOp(
                                "conv2d_bp",
                                builder.bias == null
                                        ? arrays(
                                                builder.input,
                                                builder.weights,
                                                builder.outputGradient)
                                        : arrays(
                                                builder.input,
                                                builder.weights,
                                                builder.bias,
                                                builder.outputGradient),
                                builder.bias == null
                                        ? arrays(builder.inputGradient, builder.weightGradient)
                                        : arrays(
                                                builder.inputGradient,
                                                builder.weightGradient,
                                                builder.biasGradient),
                                shape.arguments());
    }

    private static NativeOp inputGradient(Builder builder) {
        ConvolutionShape shape = builder.shape;
        if (shape.stride() == 1) {
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
                    arrays(builder.outputGradient, builder.transposedWeights),
                    arrays(builder.inputGradientOnly),
                    transposed.arguments());
        }
        return new NativeOp(
                "deconv2d",
                arrays(builder.outputGradient, builder.weights),
                arrays(builder.inputGradientOnly),
                shape.arguments());
    }

    /** Whether the input gradient of a shape reads {@link #transposeWeights transposed} weights. */
    public static boolean readsTransposedWeights(ConvolutionShape shape) {
        return shape.stride() == 1;
    }

    /**
     * {@code to[i][o][y][x] = from[o][i][k-1-y][k-1-x]}.
     *
     * @param from (out,in,k,k)
     * @param to (in,out,k,k), overwritten
     */
    public static void transposeWeights(ConvolutionShape shape, Tensor from, Tensor to) {
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

    /** Output from input and weights. */
    public void forward() {
        forward.run();
    }

    /** Input gradient from the output gradient and the weights. */
    public void inputGradient() {
        inputGradient.run();
    }

    /**
     * Input, weight (and bias) gradient from input, weights and output gradient; all overwritten.
     */
    public void gradients() {
        gradients.run();
    }

    @Override
    public void close() {
        for (NativeOp op : new NativeOp[] {forward, inputGradient, gradients}) {
            if (op != null) {
                op.close();
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

    public static Builder of(ConvolutionShape shape, Tensor weights) {
        return new Builder(shape, weights);
    }

    /** Names the buffers of a {@link Convolution}; what is not named cannot be computed. */
    public static final class Builder {
        private final ConvolutionShape shape;
        private final Tensor weights;
        private Tensor bias;
        private Tensor input;
        private Tensor output;
        private Tensor outputGradient;
        private Tensor transposedWeights;
        private Tensor inputGradientOnly;
        private Tensor inputGradient;
        private Tensor weightGradient;
        private Tensor biasGradient;

        private Builder(ConvolutionShape shape, Tensor weights) {
            this.shape = shape;
            this.weights = weights.require("weights", shape.weightShape());
        }

        /** Adds (out) to every output; its gradient comes with {@link Convolution#gradients}. */
        public Builder bias(Tensor values, Tensor gradient) {
            this.bias = values.require("bias", shape.outChannels());
            this.biasGradient = gradient;
            return this;
        }

        public Builder forward(Tensor from, Tensor to) {
            this.input = requireInput("input", from);
            this.output = requireOutput("output", to);
            return this;
        }

        /**
         * @param transposed see {@link Convolution#transposeWeights}; unused for strides above 1
         */
        public Builder inputGradient(Tensor from, Tensor transposed, Tensor to) {
            this.outputGradient = requireOutput("output gradient", from);
            this.transposedWeights = transposed;
            this.inputGradientOnly = requireInput("input gradient", to);
            return this;
        }

        public Builder gradients(Tensor from, Tensor toInput, Tensor toWeights) {
            this.outputGradient = requireOutput("output gradient", from);
            this.inputGradient = requireInput("input gradient", toInput);
            this.weightGradient = toWeights.require("weight gradient", shape.weightShape());
            return this;
        }

        private Tensor requireInput(String name, Tensor tensor) {
            return tensor.require(
                    name, tensor.extent(0), shape.height(), shape.width(), shape.inChannels());
        }

        private Tensor requireOutput(String name, Tensor tensor) {
            return tensor.require(
                    name,
                    tensor.extent(0),
                    shape.outHeight(),
                    shape.outWidth(),
                    shape.outChannels());
        }

        public Convolution build() {
            return new Convolution(this);
        }
    }
}
