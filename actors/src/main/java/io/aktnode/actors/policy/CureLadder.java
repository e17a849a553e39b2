package io.aktnode.actors.policy;

import java.time.Duration;
import java.util.function.LongSupplier;

/**
 * Chooses the mildest cure whose budget is not spent: roll back, restart, stop. A budget is so many
 * within an hour, and twice as many while the run gets no further: trouble that comes back more
 * slowly than within an hour would otherwise be met in vain for ever. Skipping and rescaling come
 * before and are the gates' business; whether a student is put aside instead of the run being
 * stopped is decided by whoever knows the other students. One thread.
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

    private static final int HOURS_IN_VAIN = 2;

    /** Of one cure. */
    private static final class Budget {

        final HourlyBudget hourly;
        int inVain;

        Budget(int perHour, LongSupplier nanoClock) {
            this.hourly = new HourlyBudget(perHour, nanoClock);
        }

        void used(Duration ago) {
            hourly.used(ago);
            inVain++;
        }

        boolean tryUse() {
            boolean left = inVain < HOURS_IN_VAIN * hourly.perHour() && hourly.tryUse();
            inVain += left ? 1 : 0;
            return left;
        }
    }

    private final Budget rollbacks;
    private final Budget restarts;

    /**
     * @param nanoClock monotonic, ns
     */
    public CureLadder(CurePolicy policy, LongSupplier nanoClock) {
        this.rollbacks = new Budget(policy.rollbacksPerHour(), nanoClock);
        this.restarts = new Budget(policy.restartsPerHour(), nanoClock);
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

    /** The run has a checkpoint further on than any before: no cure so far was in vain. */
    public void gotFurther() {
        rollbacks.inVain = 0;
        restarts.inVain = 0;
    }

    /** What was used of the budgets, for the report of a run that was stopped. */
    public String spent() {
        if (restarts.hourly.used() < restarts.hourly.perHour()) {
            return rollbacks.inVain
                    + " rollbacks and "
                    + restarts.inVain
                    + " restarts led to no checkpoint further on";
        }
        return rollbacks.hourly.used()
                + " of "
                + rollbacks.hourly.perHour()
                + " rollbacks and "
                + restarts.hourly.used()
                + " of "
                + restarts.hourly.perHour()
                + " restarts within an hour did not help";
    }
}
