package io.aktnode.actors.policy;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Chooses the mildest cure whose hourly budget is not spent: roll back, restart, stop. Skipping and
 * rescaling come before and are the gates' business; whether a student is put aside instead of the
 * run being stopped is decided by whoever knows the other students. One thread.
 */
public final class CureLadder {

    /** What is to be done, mildest first. */
    public enum Cure {
        /** Weights, moments, ranges and generator of a sound checkpoint, other noise. */
        ROLLBACK,
        /** The same, with the roles' networks made anew. */
        RESTART,
        /** Nothing helped one of several students: the others go on without it. */
        QUARANTINE,
        /** Nothing helped. */
        STOP
    }

    private final HourlyBudget rollbacks;
    private final HourlyBudget restarts;

    /**
     * @param nanoClock monotonic, ns
     */
    public CureLadder(CurePolicy policy, LongSupplier nanoClock) {
        this.rollbacks = new HourlyBudget(policy.rollbacksPerHour(), nanoClock);
        this.restarts = new HourlyBudget(policy.restartsPerHour(), nanoClock);
    }

    /**
     * Counts a cure that an earlier process used; what has no budget is passed over. The oldest
     * first.
     */
    public void used(Cure cure, Duration ago) {
        switch (cure) {
            case ROLLBACK -> rollbacks.used(ago);
            case RESTART -> restarts.used(ago);
            case QUARANTINE, STOP -> {}
        }
    }

    /** For a state that cannot be trusted. */
    public Cure forBrokenState() {
        return rollbacks.tryUse() ? Cure.ROLLBACK : forBrokenRole();
    }

    /** For a role that threw or no longer answers. */
    public Cure forBrokenRole() {
        return restarts.tryUse() ? Cure.RESTART : Cure.STOP;
    }

    /** What was used of the budgets, for the report of a run that was stopped. */
    public String spent() {
        return rollbacks.used()
                + " of "
                + rollbacks.perHour()
                + " rollbacks and "
                + restarts.used()
                + " of "
                + restarts.perHour()
                + " restarts within an hour did not help";
    }
}
