package io.aktnode.it.agent;

import java.time.Instant;
import java.time.InstantSource;

/** The wall clock of a host whose clock is wrong. */
public final class SkewedClock {

    static volatile long aheadSeconds;

    private SkewedClock() {}

    /** Stands for {@link System#currentTimeMillis}. */
    public static long currentTimeMillis() {
        return System.currentTimeMillis() + 1000 * aheadSeconds;
    }

    /** Stands for {@link Instant#now()}. */
    public static Instant now() {
        return Instant.now().plusSeconds(aheadSeconds);
    }

    /** Stands for {@link InstantSource#system}. */
    public static InstantSource system() {
        return SkewedClock::now;
    }
}
