package io.aktnode.nn.kernel;

import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.concurrent.atomic.AtomicReference;
import java.util.function.IntConsumer;

/**
 * The threads that do the arithmetic: one for each core given to the node, each with one OpenMP
 * thread, shared by the roles of that node so that a core never idles while any role has work and
 * never serves two at once.
 *
 * <p>A role cuts its batch into shards and calls {@link #run}; which thread takes which shard does
 * not matter, because shards write disjoint memory and sums over shards are taken afterwards in
 * order. {@link #run} may be called from any number of role threads at once, not from a pool
 * thread.
 */
public final class ComputePool implements AutoCloseable {

    private final ExecutorService threads;
    private final int size;

    public ComputePool(int size) {
        if (size < 1) {
            throw new IllegalArgumentException("cores=" + size + " must be 1 or more");
        }
        this.size = size;
        AtomicInteger number = new AtomicInteger();
        this.threads =
                new ThreadPoolExecutor(
                        size,
                        size,
                        0,
                        TimeUnit.SECONDS,
                        new LinkedBlockingQueue<>(),
                        work -> {
                            Thread thread =
                                    new Thread(
                                            () -> {
                                                Backend.oneOpenMpThread();
                                                work.run();
                                            },
                                            "akt-compute-" + number.incrementAndGet());
                            thread.setDaemon(true);
                            return thread;
                        });
    }

    public int size() {
        return size;
    }

    /**
     * Runs {@code task} for 0 ≤ shard &lt; shards and waits for all of them.
     *
     * @throws RuntimeException what a shard threw, after all have ended
     */
    public void run(int shards, IntConsumer task) {
        CountDownLatch open = new CountDownLatch(shards);
        AtomicReference<Throwable> failure = new AtomicReference<>();
        for (int i = 0; i < shards; i++) {
            int shard = i;
            threads.execute(
                    () -> {
                        try {
                            task.accept(shard);
                        } catch (Throwable thrown) {
                            failure.compareAndSet(null, thrown);
                        } finally {
                            open.countDown();
                        }
                    });
        }
        awaitUninterruptibly(open);
        rethrow(failure.get());
    }

    /**
     * A shard writes into buffers its role will reuse or free, so the wait must outlast an
     * interrupt; the flag is set again afterwards.
     */
    private static void awaitUninterruptibly(CountDownLatch latch) {
        boolean interrupted = false;
        while (true) {
            try {
                latch.await();
                break;
            } catch (InterruptedException e) {
                interrupted = true;
            }
        }
        if (interrupted) {
            Thread.currentThread().interrupt();
        }
    }

    private static void rethrow(Throwable thrown) {
        if (thrown instanceof RuntimeException exception) {
            throw exception;
        }
        if (thrown instanceof Error error) {
            throw error;
        }
    }

    /** Bounds of shard {@code shard} when {@code count} items are cut into {@code shards} parts. */
    public static List<Integer> cut(int count, int shards) {
        List<Integer> bounds = new ArrayList<>();
        for (int i = 0; i <= shards; i++) {
            bounds.add((int) ((long) count * i / shards));
        }
        return bounds;
    }

    @Override
    public void close() {
        threads.shutdown();
    }
}
