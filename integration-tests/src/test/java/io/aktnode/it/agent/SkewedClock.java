package io.aktnode.it.agent;

import java.time.Instant;
import java.time.InstantSource;
import java.util.concurrent.atomic.AtomicBoolean;

/** The wall clock of a host whose clock is wrong. */
public final class SkewedClock {

    /** In the log of a process that has asked this clock. */
    public static final String NOTE = "this process' clock is ahead by seconds: ";

    static volatile long aheadSeconds;

    private static final AtomicBoolean NOTED = new AtomicBoolean();

    private SkewedClock() {}

    /** Stands for {@link System#currentTimeMillis}. */
    public static long currentTimeMillis() {
        return System.currentTimeMillis() + 1000 * ahead();
    }

    /** Stands for {@link Instant#now()}. */
    public static Instant now() {
        return Instant.now().plusSeconds(ahead());
    }

    private static long ahead() {
        if (!NOTED.getAndSet(true)) {
            System.err.println(NOTE + aheadSeconds);
        }
        return aheadSeconds;
    }

    /** Stands for {@link InstantSource#system}. */
    public static InstantSource system() {
        return SkewedClock::now;
    }
}
