package io.aktnode.nn.engine;

/** One node on one shard, bound to its buffers. One thread at a time. */
interface NodeRunner extends AutoCloseable {

    /** Computes the node's value from its inputs' values. */
    void forward();

    /**
     * From the gradient of the node's value to the gradients of its inputs.
     *
     * @param parameters whether the gradients of the node's parameters are computed too
     */
    void backward(boolean parameters);

    @Override
    void close();
}
