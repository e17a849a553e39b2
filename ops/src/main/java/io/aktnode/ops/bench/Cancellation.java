package io.aktnode.ops.bench;

/** Whether the user asked a measurement to end early. Any thread. */
public final class Cancellation {

    private boolean asked;
    private Runnable action = () -> {};

    /** Ends what is being measured as soon as possible. */
    public synchronized void cancel() {
        asked = true;
        action.run();
    }

    public synchronized boolean asked() {
        return asked;
    }

    /**
     * What ends the measurement that now begins; run at once if it was asked for already.
     *
     * @param newAction must return soon
     */
    public synchronized void onCancel(Runnable newAction) {
        action = newAction;
        if (asked) {
            action.run();
        }
    }
}
