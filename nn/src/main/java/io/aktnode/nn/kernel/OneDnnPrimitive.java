package io.aktnode.nn.kernel;

import java.util.List;
import org.bytedeco.dnnl.dnnl_exec_arg_t;
import org.bytedeco.dnnl.dnnl_primitive;
import org.bytedeco.dnnl.dnnl_primitive_attr;
import org.bytedeco.dnnl.dnnl_primitive_desc;
import org.bytedeco.dnnl.global.dnnl;

/** A oneDNN primitive with its arguments. */
final class OneDnnPrimitive implements NativeCall {

    /**
     * @param name one of oneDNN's {@code DNNL_ARG_…}
     * @param owned whether the memory is closed with the primitive
     */
    record Argument(int name, OneDnnMemory memory, boolean owned) {}

    private final String what;
    private final dnnl_primitive primitive = new dnnl_primitive();
    private final List<Argument> arguments;
    private final dnnl_exec_arg_t bound;
    private final OneDnnMemory scratch;
    private final long scratchBytes;

    /**
     * @param what for messages
     * @param description only read
     */
    OneDnnPrimitive(String what, dnnl_primitive_desc description, List<Argument> arguments) {
        this.what = what;
        this.arguments = List.copyOf(arguments);
        OneDnn.check(dnnl.dnnl_primitive_create(primitive, description), what);
        this.scratch =
                OneDnnMemory.of(
                        dnnl.dnnl_primitive_desc_query_md(
                                description, dnnl.dnnl_query_scratchpad_md, 0),
                        null);
        this.scratchBytes = dnnl.dnnl_memory_desc_get_size(scratch.layout());
        this.bound = new dnnl_exec_arg_t(arguments.size() + 1L);
        for (int i = 0; i < arguments.size(); i++) {
            Argument argument = arguments.get(i);
            bound.position(i).arg(argument.name()).memory(argument.memory().memory());
        }
        bound.position(arguments.size()).arg(dnnl.DNNL_ARG_SCRATCHPAD).memory(scratch.memory());
        bound.position(0);
    }

    /** Attributes every primitive is made with: our scratch memory, the same bits every time. */
    static dnnl_primitive_attr attributes() {
        dnnl_primitive_attr attributes = new dnnl_primitive_attr();
        OneDnn.check(dnnl.dnnl_primitive_attr_create(attributes), "attributes");
        OneDnn.check(
                dnnl.dnnl_primitive_attr_set_scratchpad_mode(
                        attributes, dnnl.dnnl_scratchpad_mode_user),
                "scratch memory of ours");
        OneDnn.check(
                dnnl.dnnl_primitive_attr_set_deterministic(attributes, 1),
                "reproducible arithmetic");
        return attributes;
    }

    /** Copies elements from one order into another. */
    static OneDnnPrimitive reorder(Argument from, Argument to) {
        dnnl_primitive_attr attributes = attributes();
        dnnl_primitive_desc description = new dnnl_primitive_desc();
        try {
            OneDnn.check(
                    dnnl.dnnl_reorder_primitive_desc_create(
                            description,
                            from.memory().layout(),
                            OneDnn.instance().engine(),
                            to.memory().layout(),
                            OneDnn.instance().engine(),
                            attributes),
                    "a change of layout");
            return new OneDnnPrimitive("a change of layout", description, List.of(from, to));
        } finally {
            dnnl.dnnl_primitive_desc_destroy(description);
            dnnl.dnnl_primitive_attr_destroy(attributes);
        }
    }

    @Override
    public void run() {
        if (scratchBytes > 0) {
            scratch.place(OneDnnScratch.ofThread(scratchBytes));
        }
        int status =
                dnnl.dnnl_primitive_execute(
                        primitive, OneDnn.instance().stream(), arguments.size() + 1, bound);
        if (status != dnnl.dnnl_success) {
            OneDnn.check(status, "to run " + what);
        }
    }

    @Override
    public void close() {
        dnnl.dnnl_primitive_destroy(primitive);
        scratch.close();
        bound.close();
        for (Argument argument : arguments) {
            if (argument.owned()) {
                argument.memory().close();
            }
        }
    }

    @Override
    public String toString() {
        return what;
    }
}
