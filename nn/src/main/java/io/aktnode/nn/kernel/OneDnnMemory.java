package io.aktnode.nn.kernel;

import org.bytedeco.dnnl.dnnl_memory;
import org.bytedeco.dnnl.dnnl_memory_desc;
import org.bytedeco.dnnl.global.dnnl;
import org.bytedeco.javacpp.Pointer;

/** A tensor's memory as oneDNN addresses it: dimensions, order of the elements, place. */
final class OneDnnMemory implements AutoCloseable {

    private final dnnl_memory_desc layout;
    private final dnnl_memory memory = new dnnl_memory();

    /** oneDNN holds a bare pointer; the tensor must not be collected before this. */
    private final Tensor pinned;

    /**
     * @param layout taken over, closed with this
     * @param tensor null for a place that is given before each use
     */
    private OneDnnMemory(dnnl_memory_desc layout, Tensor tensor) {
        this.layout = layout;
        this.pinned = tensor;
        OneDnn.check(
                dnnl.dnnl_memory_create(
                        memory,
                        layout,
                        OneDnn.instance().engine(),
                        tensor == null ? null : new Pointer(tensor.bytes())),
                "memory");
    }

    /** Images (N,H,W,C) by their memory's own order. */
    static OneDnnMemory images(Tensor tensor) {
        return new OneDnnMemory(imageLayout(tensor, dnnl.dnnl_nhwc), tensor);
    }

    /** Weights (out,in,k,k) by their memory's own order. */
    static OneDnnMemory weights(Tensor tensor) {
        return new OneDnnMemory(weightLayout(tensor.shape(), dnnl.dnnl_oihw), tensor);
    }

    /** (C). */
    static OneDnnMemory vector(Tensor tensor) {
        return new OneDnnMemory(layout(dnnl.dnnl_x, tensor.length()), tensor);
    }

    /**
     * Memory in an order of oneDNN's choice.
     *
     * @param layout copied
     * @param tensor of at least {@link #floats} elements, or null
     */
    static OneDnnMemory of(dnnl_memory_desc layout, Tensor tensor) {
        return new OneDnnMemory(copy(layout), tensor);
    }

    /** Elements a tensor needs to hold a layout. */
    static int floats(dnnl_memory_desc layout) {
        long bytes = dnnl.dnnl_memory_desc_get_size(layout);
        return Math.toIntExact((bytes + Float.BYTES - 1) / Float.BYTES);
    }

    /** (N,H,W,C) in its own order or, by {@code dnnl_format_tag_any}, in the best one. */
    static dnnl_memory_desc imageLayout(Tensor tensor, int order) {
        return layout(
                order, tensor.extent(0), tensor.extent(3), tensor.extent(1), tensor.extent(2));
    }

    /** (out,in,k,k) likewise. */
    static dnnl_memory_desc weightLayout(int[] shape, int order) {
        return layout(order, shape[0], shape[1], shape[2], shape[3]);
    }

    static dnnl_memory_desc layout(int order, long... dimensions) {
        dnnl_memory_desc created = new dnnl_memory_desc();
        OneDnn.check(
                dnnl.dnnl_memory_desc_create_with_tag(
                        created, dimensions.length, dimensions, dnnl.dnnl_f32, order),
                "a layout");
        return created;
    }

    private static dnnl_memory_desc copy(dnnl_memory_desc layout) {
        dnnl_memory_desc copy = new dnnl_memory_desc();
        OneDnn.check(dnnl.dnnl_memory_desc_clone(copy, layout), "a copy of a layout");
        return copy;
    }

    dnnl_memory_desc layout() {
        return layout;
    }

    dnnl_memory memory() {
        return memory;
    }

    boolean ordered(dnnl_memory_desc other) {
        return dnnl.dnnl_memory_desc_equal(layout, other) != 0;
    }

    /** Moves a memory without a tensor. */
    void place(Pointer at) {
        OneDnn.check(dnnl.dnnl_memory_set_data_handle(memory, at), "a place");
    }

    @Override
    public void close() {
        dnnl.dnnl_memory_destroy(memory);
        dnnl.dnnl_memory_desc_destroy(layout);
    }

    @Override
    public String toString() {
        return pinned == null ? "scratch" : pinned.toString();
    }
}
