package io.aktnode.ops.cli;

/** Lets a command end in order when the process is asked to stop. */
interface Stopping extends AutoCloseable {

    /**
     * From now on there is something to end in order.
     *
     * @param action what to do first when asked to stop; must return soon
     */
    void onStop(Runnable action);

    /** The command is through; nothing is left to wait for. */
    @Override
    void close();
}
