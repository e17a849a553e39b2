package io.aktnode.nn.kernel;

/**
 * One native operation bound to its buffers when it was built: {@link #run} allocates nothing. One
 * thread at a time.
 */
interface NativeCall extends AutoCloseable {

    void run();

    @Override
    void close();

    /** Calls that run one after the other. */
    static NativeCall sequence(NativeCall... calls) {
        return new NativeCall() {
            @Override
            public void run() {
                for (NativeCall call : calls) {
                    call.run();
                }
            }

            @Override
            public void close() {
                for (NativeCall call : calls) {
                    call.close();
                }
            }
        };
    }
}
