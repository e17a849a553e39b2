package io.aktnode.it.campaign;

import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.locks.LockSupport;
import java.util.function.BooleanSupplier;

/**
 * How far a training is, read from the end of its {@code metrics.csv} as it grows. A thread of its
 * own looks; any may ask.
 */
final class Progress implements AutoCloseable {

    private static final long POLL_NS = Duration.ofMillis(20).toNanos();
    private static final int TAIL_BYTES = 4096;

    private final Path metrics;
    private final Thread watcher = new Thread(this::watch, "progress");
    private volatile boolean closed;
    private volatile long highest = -1;
    private volatile long highestSinceNs = System.nanoTime();
    private long latest = -1;
    private volatile long mostLost;

    /** When each step was first seen, by {@link System#nanoTime}. Guarded by itself. */
    private final List<Long> rises = new ArrayList<>();

    Progress(Path out) {
        this.metrics = out.resolve("metrics.csv");
        watcher.setDaemon(true);
        watcher.start();
    }

    private void watch() {
        while (!closed) {
            look();
            LockSupport.parkNanos(POLL_NS);
        }
    }

    private void look() {
        long step = lastStep();
        if (step < 0 || step == latest) {
            return;
        }
        if (step < latest) {
            // What comes after is done anew: lost is what the highest step was ahead of it.
            mostLost = Math.max(mostLost, highest - step + 1);
        }
        latest = step;
        if (step > highest) {
            highest = step;
            highestSinceNs = System.nanoTime();
            synchronized (rises) {
                rises.add(highestSinceNs);
            }
        }
    }

    /** The number in the last whole line, or -1. */
    private long lastStep() {
        try (RandomAccessFile file = new RandomAccessFile(metrics.toFile(), "r")) {
            long length = file.length();
            int tail = (int) Math.min(TAIL_BYTES, length);
            byte[] bytes = new byte[tail];
            file.seek(length - tail);
            file.readFully(bytes);
            String text = new String(bytes, StandardCharsets.US_ASCII);
            int end = text.lastIndexOf('\n');
            int begin = text.lastIndexOf('\n', end - 1) + 1;
            String first = end < 0 ? "" : text.substring(begin, end).split(",")[0];
            return first.matches("\\d+") ? Long.parseLong(first) : -1;
        } catch (IOException e) {
            return -1;
        }
    }

    /** The highest step finished so far, from 0; -1 before the first. */
    long highest() {
        return highest;
    }

    /** When that step was seen, by {@link System#nanoTime}. */
    long highestSinceNs() {
        return highestSinceNs;
    }

    /** The most steps a single fault has set the training back by. */
    long mostLost() {
        return mostLost;
    }

    /**
     * The longest time without a new step, of what lies between two moments: a training that goes
     * back makes none until it has caught up.
     *
     * @param fromNs by {@link System#nanoTime}, as is the other
     */
    Duration longestStandstill(long fromNs, long toNs) {
        long longest = 0;
        long since = fromNs;
        synchronized (rises) {
            for (long rise : rises) {
                if (rise > fromNs) {
                    longest = Math.max(longest, Math.min(rise, toNs) - since);
                    since = Math.min(rise, toNs);
                }
            }
        }
        return Duration.ofNanos(longest);
    }

    /**
     * Waits until a step has been finished, or something else has come to be.
     *
     * @param patience with a training that makes no new step
     * @throws IllegalStateException if it is exhausted
     */
    void await(long step, Duration patience, BooleanSupplier otherwise)
            throws InterruptedException {
        long begin = System.nanoTime();
        while (highest < step && !otherwise.getAsBoolean()) {
            if (System.nanoTime() - Math.max(begin, highestSinceNs) > patience.toNanos()) {
                throw new IllegalStateException(
                        "no step after " + highest + " for " + patience.toSeconds() + " s");
            }
            Thread.sleep(Duration.ofNanos(POLL_NS).toMillis());
        }
    }

    @Override
    public void close() {
        closed = true;
        try {
            watcher.join();
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
        }
    }
}
