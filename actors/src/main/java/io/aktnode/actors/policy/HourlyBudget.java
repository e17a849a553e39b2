package io.aktnode.actors.policy;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.function.LongSupplier;

/** So many uses within any hour. One thread. */
public final class HourlyBudget {

    private static final long HOUR_NS = Duration.ofHours(1).toNanos();

    private final int perHour;
    private final LongSupplier nanoClock;
    private final ArrayDeque<Long> uses = new ArrayDeque<>();

    /**
     * @param nanoClock monotonic, ns
     */
    public HourlyBudget(int perHour, LongSupplier nanoClock) {
        if (perHour < 0) {
            throw new IllegalArgumentException("budget=" + perHour + " must be 0 or more");
        }
        this.perHour = perHour;
        this.nanoClock = nanoClock;
    }

    /**
     * Counts a use of an earlier process. Older ones are to be told first, and all before the first
     * of this process.
     */
    public void used(Duration ago) {
        uses.addLast(nanoClock.getAsLong() - ago.toNanos());
    }

    /** Uses one; false, and nothing used, if the hour's budget is spent. */
    public boolean tryUse() {
        if (used() >= perHour) {
            return false;
        }
        uses.addLast(nanoClock.getAsLong());
        return true;
    }

    /** Uses within the last hour. */
    public int used() {
        long now = nanoClock.getAsLong();
        while (!uses.isEmpty() && now - uses.peekFirst() >= HOUR_NS) {
            uses.removeFirst();
        }
        return uses.size();
    }

    public int perHour() {
        return perHour;
    }
}
