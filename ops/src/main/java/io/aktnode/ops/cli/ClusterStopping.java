package io.aktnode.ops.cli;

import akka.Done;
import akka.actor.CoordinatedShutdown;
import java.util.concurrent.CompletableFuture;

/** Lets a job end before its node leaves the cluster, whoever asks the node to stop. */
final class ClusterStopping implements Stopping {

    private final CoordinatedShutdown shutdown;
    private final CompletableFuture<Done> done = new CompletableFuture<>();

    ClusterStopping(CoordinatedShutdown shutdown) {
        this.shutdown = shutdown;
    }

    @Override
    public void onStop(Runnable action) {
        shutdown.addTask(
                CoordinatedShutdown.PhaseBeforeServiceUnbind(),
                "finish-run",
                () -> {
                    boolean putOut =
                            shutdown.getShutdownReason()
                                    .map(CoordinatedShutdown.clusterDowningReason()::equals)
                                    .orElse(false);
                    if (putOut) {
                        // Nobody is there any more to end it in order with.
                        return CompletableFuture.completedFuture(Done.getInstance());
                    }
                    if (!done.isDone()) {
                        action.run();
                    }
                    return done;
                });
    }

    @Override
    public void close() {
        done.complete(Done.getInstance());
    }
}
