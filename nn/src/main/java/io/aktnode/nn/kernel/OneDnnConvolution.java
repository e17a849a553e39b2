package io.aktnode.nn.kernel;

import io.aktnode.nn.kernel.OneDnnPrimitive.Argument;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/**
 * The operations of a {@link Convolution} as oneDNN primitives: images stay (N,H,W,C), weights come
 * in the order oneDNN asks for, kept by {@link ConvolutionWeights}.
 */
final class OneDnnConvolution {

    private final ConvolutionShape shape;
    private final Tensor input;
    private final Tensor output;

    /**
     * @param input (N,H,W,in), only its shape counts
     * @param output (N,H',W',out), likewise
     */
    private OneDnnConvolution(ConvolutionShape shape, Tensor input, Tensor output) {
        this.shape = shape;
        this.input = input;
        this.output = output;
        // A primitive is made for as many threads as the thread that makes it would use.
        Backend.oneOpenMpThread();
    }

    static NativeCall forward(
            ConvolutionWeights weights, Tensor bias, Tensor input, Tensor output) {
        return new OneDnnConvolution(weights.shape(), input, output).forward(weights, bias);
    }

    static NativeCall inputGradient(
            ConvolutionWeights weights, Tensor outputGradient, Tensor inputGradient) {
        return new OneDnnConvolution(weights.shape(), inputGradient, outputGradient)
                .inputGradient(weights);
    }

    static NativeCall weightGradient(
            ConvolutionShape shape, Tensor input, Tensor outputGradient, Tensor gradient) {
        return new OneDnnConvolution(shape, input, outputGradient).weightGradient(gradient);
    }

    private NativeCall forward(ConvolutionWeights weights, Tensor bias) {
        dnnl_primitive_attr attributes = OneDnnPrimitive.attributes();
        dnnl_primitive_desc description = describeForward(attributes, bias);
        try {
            List<Argument> arguments = new ArrayList<>();
            arguments.add(own(dnnl.DNNL_ARG_SRC, OneDnnMemory.images(input)));
            arguments.add(
                    new Argument(
                            dnnl.DNNL_ARG_WEIGHTS,
                            weights.ordered(query(description, dnnl.dnnl_query_weights_md)),
                            false));
            if (bias != null) {
                arguments.add(own(dnnl.DNNL_ARG_BIAS, OneDnnMemory.vector(bias)));
            }
            arguments.add(own(dnnl.DNNL_ARG_DST, OneDnnMemory.images(output)));
            return new OneDnnPrimitive(shape + " forward", description, arguments);
        } finally {
            destroy(description, attributes);
        }
    }

    private dnnl_primitive_desc describeForward(dnnl_primitive_attr attributes, Tensor bias) {
        try (Layouts layouts = new Layouts()) {
            dnnl_memory_desc offsets =
                    bias == null
                            ? null
                            : layouts.add(OneDnnMemory.layout(dnnl.dnnl_x, bias.length()));
            dnnl_primitive_desc description = new dnnl_primitive_desc();
            OneDnn.check(
                    dnnl.dnnl_convolution_forward_primitive_desc_create(
                            description,
                            OneDnn.instance().engine(),
                            dnnl.dnnl_forward_training,
                            dnnl.dnnl_convolution_direct,
                            layouts.input,
                            layouts.weights,
                            offsets,
                            layouts.output,
                            strides(),
                            new long[] {0, 0},
                            padding(),
                            endPadding(),
                            attributes),
                    shape.toString());
            return description;
        }
    }

    private NativeCall inputGradient(ConvolutionWeights weights) {
        dnnl_primitive_attr attributes = OneDnnPrimitive.attributes();
        dnnl_primitive_desc hint = describeForward(attributes, null);
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        try (Layouts layouts = new Layouts()) {
            OneDnn.check(
                    dnnl.dnnl_convolution_backward_data_primitive_desc_create(
                            description,
                            OneDnn.instance().engine(),
                            dnnl.dnnl_convolution_direct,
                            layouts.input,
                            layouts.weights,
                            layouts.output,
                            strides(),
                            new long[] {0, 0},
                            padding(),
                            endPadding(),
                            hint,
                            attributes),
                    "the input gradient of " + shape);
            return new OneDnnPrimitive(
                    "the input gradient of " + shape,
                    description,
                    List.of(
                            own(dnnl.DNNL_ARG_DIFF_DST, OneDnnMemory.images(output)),
                            new Argument(
                                    dnnl.DNNL_ARG_WEIGHTS,
                                    weights.ordered(query(description, dnnl.dnnl_query_weights_md)),
                                    false),
                            own(dnnl.DNNL_ARG_DIFF_SRC, OneDnnMemory.images(input))));
        } finally {
            destroy(description, attributes);
            dnnl.dnnl_primitive_desc_destroy(hint);
        }
    }

    private NativeCall weightGradient(Tensor gradient) {
        dnnl_primitive_attr attributes = OneDnnPrimitive.attributes();
        dnnl_primitive_desc hint = describeForward(attributes, null);
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        try (Layouts layouts = new Layouts()) {
            OneDnn.check(
                    dnnl.dnnl_convolution_backward_weights_primitive_desc_create(
                            description,
                            OneDnn.instance().engine(),
                            dnnl.dnnl_convolution_direct,
                            layouts.input,
                            layouts.weights,
                            null,
                            layouts.output,
                            strides(),
                            new long[] {0, 0},
                            padding(),
                            endPadding(),
                            hint,
                            attributes),
                    "the weight gradient of " + shape);
            return weightGradient(description, gradient);
        } finally {
            destroy(description, attributes);
            dnnl.dnnl_primitive_desc_destroy(hint);
        }
    }

    private NativeCall weightGradient(dnnl_primitive_desc description, Tensor gradient) {
        dnnl_memory_desc ordered = query(description, dnnl.dnnl_query_diff_weights_md);
        OneDnnMemory plain = OneDnnMemory.weights(gradient);
        boolean direct = plain.ordered(ordered);
        Tensor held = direct ? null : Tensor.allocate(OneDnnMemory.floats(ordered));
        OneDnnMemory written = direct ? plain : OneDnnMemory.of(ordered, held);
        NativeCall primitive =
                new OneDnnPrimitive(
                        "the weight gradient of " + shape,
                        description,
                        List.of(
                                own(dnnl.DNNL_ARG_SRC, OneDnnMemory.images(input)),
                                own(dnnl.DNNL_ARG_DIFF_DST, OneDnnMemory.images(output)),
                                own(dnnl.DNNL_ARG_DIFF_WEIGHTS, written)));
        if (direct) {
            return primitive;
        }
        NativeCall reorder =
                OneDnnPrimitive.reorder(
                        new Argument(dnnl.DNNL_ARG_FROM, written, false),
                        own(dnnl.DNNL_ARG_TO, plain));
        return NativeCall.sequence(primitive, reorder, freeing(held));
    }

    private static NativeCall freeing(Tensor tensor) {
        return new NativeCall() {
            @Override
            public void run() {
                // Nothing but the end is of interest.
            }

            @Override
            public void close() {
                tensor.close();
            }
        };
    }

    private static Argument own(int name, OneDnnMemory memory) {
        return new Argument(name, memory, true);
    }

    private static dnnl_memory_desc query(dnnl_primitive_desc description, int what) {
        return dnnl.dnnl_primitive_desc_query_md(description, what, 0);
    }

    private static void destroy(dnnl_primitive_desc description, dnnl_primitive_attr attributes) {
        dnnl.dnnl_primitive_desc_destroy(description);
        dnnl.dnnl_primitive_attr_destroy(attributes);
    }

    private long[] strides() {
        return new long[] {shape.stride(), shape.stride()};
    }

    private long[] padding() {
        return new long[] {shape.padding(), shape.padding()};
    }

    /** Behind the last pixel less is needed where the stride does not come out even. */
    private long[] endPadding() {
        return new long[] {
            endPadding(shape.height(), shape.outHeight()),
            endPadding(shape.width(), shape.outWidth())
        };
    }

    private long endPadding(int extent, int outExtent) {
        return (outExtent - 1L) * shape.stride() + shape.kernel() - extent - shape.padding();
    }

    /** What a convolution's description is made from, while it is made. */
    private final class Layouts implements AutoCloseable {
        private final List<dnnl_memory_desc> all = new ArrayList<>();
        private final dnnl_memory_desc input =
                add(OneDnnMemory.imageLayout(OneDnnConvolution.this.input, dnnl.dnnl_nhwc));
        private final dnnl_memory_desc weights =
                add(OneDnnMemory.weightLayout(shape.weightShape(), dnnl.dnnl_format_tag_any));
        private final dnnl_memory_desc output =
                add(OneDnnMemory.imageLayout(OneDnnConvolution.this.output, dnnl.dnnl_nhwc));

        dnnl_memory_desc add(dnnl_memory_desc layout) {
            all.add(layout);
            return layout;
        }

        @Override
        public void close() {
            all.forEach(dnnl::dnnl_memory_desc_destroy);
        }
    }
}
