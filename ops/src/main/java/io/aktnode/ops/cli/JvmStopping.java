package io.aktnode.ops.cli;

import java.util.concurrent.CountDownLatch;
import java.util.concurrent.TimeUnit;

/**
 * Lets a command end in order when the process is asked to stop (Ctrl-C, SIGTERM): the JVM waits
 * until the command is through, at most a minute. Its exit code is then 128 + the signal.
 */
final class JvmStopping implements Stopping {

    private static final long PATIENCE_SECONDS = 60;

    private final CountDownLatch done = new CountDownLatch(1);
    private final Thread hook = new Thread(this::interrupted, "akt-stop");
    private Runnable action;
    private boolean asked;

    JvmStopping() {
        Runtime.getRuntime().addShutdownHook(hook);
    }

    /**
     * From now on there is something to end in order.
     *
     * @param newAction what to do first when asked to stop; must return soon
     */
    @Override
    public synchronized void onStop(Runnable newAction) {
        action = newAction;
        if (asked) {
            action.run();
        }
    }

    private void interrupted() {
        synchronized (this) {
            if (done.getCount() == 0 || action == null) {
                asked = true;
                return;
            }
            action.run();
        }
        try {
            done.await(PATIENCE_SECONDS, TimeUnit.SECONDS);
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** The command is through; nothing is left to wait for. */
    @Override
    public void close() {
        done.countDown();
    }
}
