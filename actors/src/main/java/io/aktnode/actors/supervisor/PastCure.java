package io.aktnode.actors.supervisor;

import java.time.Duration;
import java.time.Instant;

/**
 * A cure that an earlier process of the run used: it counts towards the hour's budget, so that a
 * supervisor that keeps dying cannot heal for ever.
 *
 * @param role as in {@link io.aktnode.actors.run.Intervention}
 * @param action likewise
 * @param step likewise
 * @param age how long ago, by the clocks of then and now; never negative
 */
public record PastCure(String role, String action, long step, Duration age) {

    /**
     * @param then by the clock of whoever used it, which may be ahead of ours: then it was just now
     */
    static PastCure of(String role, String action, long step, Instant then, Instant now) {
        Duration age = Duration.between(then, now);
        return new PastCure(role, action, step, age.isNegative() ? Duration.ZERO : age);
    }
}
