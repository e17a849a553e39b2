package io.aktnode.nn.kernel;

/**
 * A convolution of one shard of a batch and its gradients, by {@link OneDnn} or, without it, by
 * libnd4j; all operations are bound to the shard's buffers when they are built.
 *
 * <p>Images are (N,H,W,C), weights (out,in,k,k), float32. One thread at a time; several instances
 * may share {@link ConvolutionWeights}, which outlive them.
 */
public final class Convolution implements AutoCloseable {

    private final NativeCall forward;
    private final NativeCall inputGradient;
    private final NativeCall gradients;

    private Convolution(Builder builder) {
        boolean oneDnn = OneDnn.available();
        this.forward = builder.output == null ? null : forward(builder, oneDnn);
        this.inputGradient =
                builder.inputGradientOnly == null
                        ? null
                        : inputGradient(builder, builder.inputGradientOnly, oneDnn);
        this.gradients = builder.weightGradient == null ? null : gradients(builder, oneDnn);
    }

    private static NativeCall forward(Builder builder, boolean oneDnn) {
        return oneDnn
                ? OneDnnConvolution.forward(
                        builder.weights, builder.bias, builder.input, builder.output)
                : Nd4jConvolution.forward(
                        builder.weights, builder.bias, builder.input, builder.output);
    }

    private static NativeCall inputGradient(Builder builder, Tensor to, boolean oneDnn) {
        return oneDnn
                ? OneDnnConvolution.inputGradient(builder.weights, builder.outputGradient, to)
                : Nd4jConvolution.inputGradient(builder.weights, builder.outputGradient, to);
    }

    private static NativeCall gradients(Builder builder, boolean oneDnn) {
        if (!oneDnn) {
            return Nd4jConvolution.gradients(
                    builder.weights,
                    builder.input,
                    builder.outputGradient,
                    builder.inputGradient,
                    builder.weightGradient);
        }
        NativeCall ofWeights =
                OneDnnConvolution.weightGradient(
                        builder.weights.shape(),
                        builder.input,
                        builder.outputGradient,
                        builder.weightGradient);
        return builder.wantsInputGradient
                ? NativeCall.sequence(
                        ofWeights, inputGradient(builder, builder.inputGradient, true))
                : ofWeights;
    }

    /** Output from input and weights. */
    public void forward() {
        forward.run();
    }

    /** Input gradient from the output gradient and the weights. */
    public void inputGradient() {
        inputGradient.run();
    }

    /** Weight and, if wanted, input gradient from input, weights and output gradient. */
    public void gradients() {
        gradients.run();
    }

    @Override
    public void close() {
        for (NativeCall call : new NativeCall[] {forward, inputGradient, gradients}) {
            if (call != null) {
                call.close();
            }
        }
    }

    public static Builder of(ConvolutionWeights weights) {
        return new Builder(weights);
    }

    /** Names the buffers of a {@link Convolution}; what is not named cannot be computed. */
    public static final class Builder {
        private final ConvolutionWeights weights;
        private final ConvolutionShape shape;
        private Tensor bias;
        private Tensor input;
        private Tensor output;
        private Tensor outputGradient;
        private Tensor inputGradientOnly;
        private Tensor inputGradient;
        private Tensor weightGradient;
        private boolean wantsInputGradient;

        private Builder(ConvolutionWeights weights) {
            this.weights = weights;
            this.shape = weights.shape();
        }

        /** Adds (out) to every output. */
        public Builder bias(Tensor values) {
            this.bias = values.require("bias", shape.outChannels());
            return this;
        }

        public Builder forward(Tensor from, Tensor to) {
            this.input = requireInput("input", from);
            this.output = requireOutput("output", to);
            return this;
        }

        /** For {@link Convolution#inputGradient}. */
        public Builder inputGradient(Tensor from, Tensor to) {
            this.outputGradient = requireOutput("output gradient", from);
            this.inputGradientOnly = requireInput("input gradient", to);
            return this;
        }

        /** For {@link Convolution#gradients}, with the input's; after {@link #forward}. */
        public Builder gradients(Tensor from, Tensor toInput, Tensor toWeights) {
            weightGradient(from, toInput, toWeights);
            this.wantsInputGradient = true;
            return this;
        }

        /**
         * For {@link Convolution#gradients}, the input's not wanted; after {@link #forward}.
         *
         * @param spare of the input's shape, to be written to where that costs nothing
         */
        public Builder weightGradient(Tensor from, Tensor spare, Tensor toWeights) {
            this.outputGradient = requireOutput("output gradient", from);
            this.inputGradient = requireInput("input gradient", spare);
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
