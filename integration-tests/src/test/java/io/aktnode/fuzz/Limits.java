package io.aktnode.fuzz;

import com.sun.management.ThreadMXBean;
import java.lang.management.ManagementFactory;
import java.util.concurrent.Executors;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.TimeUnit;

/**
 * Holds the reading of one input to a time and to an amount of memory. One thread, and readers that
 * work on it.
 */
public final class Limits {

    /** Far beyond what any input takes, so that a busy machine is not taken for a hang. */
    private static final long HANG_NS = TimeUnit.SECONDS.toNanos(60);

    private static final int HALT_STATUS = 70;

    private static final ThreadMXBean THREADS = (ThreadMXBean) ManagementFactory.getThreadMXBean();

    private static final ScheduledExecutorService WATCHDOG =
            Executors.newSingleThreadScheduledExecutor(
                    task -> {
                        Thread thread = new Thread(task, "fuzz-watchdog");
                        thread.setDaemon(true);
                        return thread;
                    });

    private static volatile Thread reading;
    private static volatile Object input;
    private static volatile long sinceNs;

    static {
        WATCHDOG.scheduleWithFixedDelay(Limits::look, 1, 1, TimeUnit.SECONDS);
    }

    private Limits() {}

    /**
     * Reads an input; whatever it throws is thrown on. It is read a second time if the first took
     * too much memory: the first one of its kind may have loaded classes.
     */
    public static void read(Object what, long maxAllocatedBytes, Runnable reader) {
        input = what;
        sinceNs = System.nanoTime();
        reading = Thread.currentThread();
        try {
            if (allocatedBy(reader) > maxAllocatedBytes) {
                long allocated = allocatedBy(reader);
                if (allocated > maxAllocatedBytes) {
                    throw new AssertionError(
                            "allocated " + allocated + " bytes, allowed are " + maxAllocatedBytes);
                }
            }
        } finally {
            reading = null;
        }
    }

    private static long allocatedBy(Runnable reader) {
        long before = THREADS.getCurrentThreadAllocatedBytes();
        reader.run();
        return THREADS.getCurrentThreadAllocatedBytes() - before;
    }

    /** A hang cannot be ended from outside: the process is, once it is known where it hangs. */
    private static void look() {
        Thread thread = reading;
        if (thread != null && System.nanoTime() - sinceNs > HANG_NS) {
            System.err.println("hangs on " + input);
            for (StackTraceElement element : thread.getStackTrace()) {
                System.err.println("    at " + element);
            }
            Runtime.getRuntime().halt(HALT_STATUS);
        }
    }
}
