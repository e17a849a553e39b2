package io.aktnode.nn.kernel;

import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.api.ops.DynamicCustomOp;
import org.nd4j.linalg.api.ops.OpContext;
import org.nd4j.linalg.factory.Nd4j;

/**
 * One libnd4j operation bound to its arrays for good: the context is built once, so {@link #run}
 * allocates nothing and costs a few microseconds beside the arithmetic. One thread at a time.
 */
final class NativeOp implements NativeCall {

    private final DynamicCustomOp op;
    private final OpContext context;

    /** Native contexts hold bare pointers; the arrays must not be collected before the op. */
    private final INDArray[] pinned;

    NativeOp(String name, INDArray[] inputs, INDArray[] outputs, long... integers) {
        this.op = DynamicCustomOp.builder(name).addInputs(inputs).addOutputs(outputs).build();
        this.context = Nd4j.getExecutioner().buildContext();
        context.setInputArrays(inputs);
        context.setOutputArrays(outputs);
        context.setIArguments(integers);
        context.shapeFunctionOverride(true);
        this.pinned = new INDArray[inputs.length + outputs.length];
        System.arraycopy(inputs, 0, pinned, 0, inputs.length);
        System.arraycopy(outputs, 0, pinned, inputs.length, outputs.length);
    }

    @Override
    public void run() {
        Nd4j.getExecutioner().exec(op, context);
    }

    @Override
    public void close() {
        try {
            context.close();
        } catch (Exception e) {
            throw new IllegalStateException("closing the context of " + op.opName(), e);
        }
    }

    @Override
    public String toString() {
        return op.opName() + " on " + pinned.length + " arrays";
    }
}
