package io.aktnode.actors.supervisor;

import java.time.Duration;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * How long a run goes on while no checkpoint can be saved, on a full disk for instance: each step
 * is one more to be lost, but a disk is soon freed and a run ended for it is not soon begun. One
 * thread.
 */
final class SavePatience {

    private final Duration giveUpAfter;
    private final LongSupplier nanoClock;
    private OptionalLong failingSinceNs = OptionalLong.empty();
    private int failures;

    /**
     * @param giveUpAfter time without success after which the run is ended; zero ends it at once
     */
    SavePatience(Duration giveUpAfter, LongSupplier nanoClock) {
        this.giveUpAfter = giveUpAfter;
        this.nanoClock = nanoClock;
    }

    void saved() {
        failingSinceNs = OptionalLong.empty();
        failures = 0;
    }

    /** Whether the run may go on all the same. */
    boolean failed() {
        long now = nanoClock.getAsLong();
        failures++;
        if (failingSinceNs.isEmpty()) {
            failingSinceNs = OptionalLong.of(now);
        }
        return now - failingSinceNs.getAsLong() < giveUpAfter.toNanos();
    }

    /** Attempts in vain since the last success. */
    int failures() {
        return failures;
    }

    /** Until the next attempt where there is no further barrier to wait for. */
    Duration retryAfter() {
        Duration tenth = giveUpAfter.dividedBy(10);
        Duration longest = Duration.ofSeconds(10);
        return tenth.compareTo(longest) < 0 ? tenth : longest;
    }

    /** For people: how long it was tried, and why in vain. */
    String sentence(String why) {
        return "no checkpoint could be saved for "
                + giveUpAfter
                + " ("
                + failures
                + " attempts): "
                + why
                + "; mend that and resume the run";
    }
}
