package io.aktnode.nn.kernel;

import io.aktnode.nn.kernel.OneDnnPrimitive.Argument;
import java.util.ArrayList;
import java.util.List;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;

/**
 * Weights (out,in,k,k) of a convolution, and copies of them in the orders its operations read, made
 * once per change instead of in every call and shared by all shards. {@link #prepare} by one
 * thread, while no convolution runs on them.
 */
public final class ConvolutionWeights implements AutoCloseable {

    private final ConvolutionShape shape;
    private final Tensor values;
    private final List<Ordered> copies = new ArrayList<>();
    private Tensor transposed;

    /** A copy in an order of oneDNN's; without tensor and call where that is the order we have. */
    private record Ordered(OneDnnMemory memory, Tensor tensor, NativeCall copy) {}

    /**
     * @param values (out,in,k,k), the caller's; after they changed, {@link #prepare}
     */
    public ConvolutionWeights(ConvolutionShape shape, Tensor values) {
        this.shape = shape;
        this.values = values.require("weights", shape.weightShape());
    }

    public ConvolutionShape shape() {
        return shape;
    }

    /** (out,in,k,k). */
    public Tensor values() {
        return values;
    }

    /** Brings the copies up to date. */
    public void prepare() {
        for (Ordered ordered : copies) {
            if (ordered.copy() != null) {
                ordered.copy().run();
            }
        }
        if (transposed != null) {
            Nd4jConvolution.transpose(shape, values, transposed);
        }
    }

    /** The weights in an order of oneDNN's. */
    synchronized OneDnnMemory ordered(dnnl_memory_desc order) {
        for (Ordered ordered : copies) {
            if (ordered.memory().ordered(order)) {
                return ordered.memory();
            }
        }
        Ordered added = order(order);
        copies.add(added);
        return added.memory();
    }

    private Ordered order(dnnl_memory_desc order) {
        OneDnnMemory plain = OneDnnMemory.weights(values);
        if (plain.ordered(order)) {
            return new Ordered(plain, null, null);
        }
        Tensor tensor = Tensor.allocate(OneDnnMemory.floats(order));
        OneDnnMemory memory = OneDnnMemory.of(order, tensor);
        NativeCall copy =
                OneDnnPrimitive.reorder(
                        new Argument(dnnl.DNNL_ARG_FROM, plain, true),
                        new Argument(dnnl.DNNL_ARG_TO, memory, false));
        copy.run();
        return new Ordered(memory, tensor, copy);
    }

    /** The weights turned and transposed, for {@link Nd4jConvolution}. */
    synchronized Tensor transposed() {
        if (transposed == null) {
            transposed =
                    Tensor.allocate(
                            shape.inChannels(),
                            shape.outChannels(),
                            shape.kernel(),
                            shape.kernel());
            Nd4jConvolution.transpose(shape, values, transposed);
        }
        return transposed;
    }

    /** Frees the copies; the convolutions that read them must be closed. */
    @Override
    public void close() {
        for (Ordered ordered : copies) {
            if (ordered.copy() != null) {
                ordered.copy().close();
                ordered.tensor().close();
            }
            ordered.memory().close();
        }
        copies.clear();
        if (transposed != null) {
            transposed.close();
        }
    }
}
