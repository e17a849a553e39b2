package io.aktnode.ops.report;

import io.aktnode.actors.run.Evaluation;
import io.aktnode.actors.run.Intervention;
import io.aktnode.actors.run.RunListener;
import io.aktnode.actors.run.StepMetrics;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Hands what happens in a run to its listeners on a thread of its own, in order, so that writing
 * files and drawing never hold the run up. A listener that fails is logged once and heard no more.
 */
public final class AsyncListener implements RunListener, AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(AsyncListener.class);
    private static final long DRAIN_SECONDS = 30;

    private final ExecutorService thread =
            Executors.newSingleThreadExecutor(
                    work -> {
                        Thread named = new Thread(work, "akt-report");
                        named.setDaemon(true);
                        return named;
                    });
    private final List<Guarded> listeners;

    public AsyncListener(List<RunListener> listeners) {
        this.listeners = listeners.stream().map(Guarded::new).toList();
    }

    @Override
    public void onStep(StepMetrics metrics) {
        tell(listener -> listener.onStep(metrics));
    }

    @Override
    public void onEvaluation(Evaluation evaluation) {
        tell(listener -> listener.onEvaluation(evaluation));
    }

    @Override
    public void onIntervention(Intervention intervention) {
        tell(listener -> listener.onIntervention(intervention));
    }

    @Override
    public void onCheckpoint(long step, Path directory) {
        tell(listener -> listener.onCheckpoint(step, directory));
    }

    private void tell(Consumer<RunListener> event) {
        try {
            thread.execute(() -> listeners.forEach(listener -> listener.tell(event)));
        } catch (RejectedExecutionException e) {
            LOG.debug("an event came after the report was closed");
        }
    }

    /** Waits until everything told so far is dealt with. */
    @Override
    public void close() {
        thread.shutdown();
        try {
            if (!thread.awaitTermination(DRAIN_SECONDS, TimeUnit.SECONDS)) {
                LOG.warn("metrics are incomplete: writing them took over {} s", DRAIN_SECONDS);
            }
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }

    /** Only on the report thread. */
    private static final class Guarded {
        private final RunListener listener;
        private boolean failed;

        private Guarded(RunListener listener) {
            this.listener = listener;
        }

        private void tell(Consumer<RunListener> event) {
            if (failed) {
                return;
            }
            try {
                event.accept(listener);
            } catch (RuntimeException e) {
                failed = true;
                LOG.warn("{} stopped: {}", listener.getClass().getSimpleName(), e.toString(), e);
            }
        }
    }
}
