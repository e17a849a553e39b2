package io.aktnode.actors.run;

import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutionException;
import java.util.function.Consumer;

/** Waits for a run's end. */
public final class RunFuture {

    private RunFuture() {}

    /**
     * Waits. An interrupt cancels the run; the wait goes on until it has ended, and the interrupt
     * flag is set again.
     *
     * @param cancel told why, at most once for each interrupt
     * @throws RunFailedException if the run could not be kept healthy
     */
    public static RunOutcome await(CompletableFuture<RunOutcome> end, Consumer<String> cancel) {
        boolean interrupted = false;
        try {
            while (true) {
                try {
                    return end.get();
                } catch (InterruptedException e) {
                    interrupted = true;
                    cancel.accept("interrupted");
                } catch (ExecutionException e) {
                    if (e.getCause() instanceof RunFailedException failed) {
                        throw failed;
                    }
                    throw new RunFailedException("the run failed: " + e.getCause(), e.getCause());
                }
            }
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }
}
