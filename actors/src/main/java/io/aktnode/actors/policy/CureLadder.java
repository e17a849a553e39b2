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

    private final HourlyBudget rollbacks;
    private final HourlyBudget restarts;
    private int rollbacksInVain;
    private int restartsInVain;

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
            case ROLLBACK -> {
                rollbacks.used(ago);
                rollbacksInVain++;
            }
            case RESTART -> {
                restarts.used(ago);
                restartsInVain++;
            }
            case QUARANTINE, STOP -> {}
        }
    }

    /** For a state that cannot be trusted. */
    public Cure forBrokenState() {
        if (spent(rollbacks, rollbacksInVain) || !rollbacks.tryUse()) {
            return forBrokenRole();
        }
        rollbacksInVain++;
        return Cure.ROLLBACK;
    }

    /** For a role that threw or no longer answers. */
    public Cure forBrokenRole() {
        if (spent(restarts, restartsInVain) || !restarts.tryUse()) {
            return Cure.STOP;
        }
        restartsInVain++;
        return Cure.RESTART;
    }

    private static boolean spent(HourlyBudget budget, int inVain) {
        return inVain >= HOURS_IN_VAIN * budget.perHour();
    }

    /** The run has a checkpoint further on than any before: no cure so far was in vain. */
    public void gotFurther() {
        rollbacksInVain = 0;
        restartsInVain = 0;
    }

    /** What was used of the budgets, for the report of a run that was stopped. */
    public String spent() {
        if (restarts.used() < restarts.perHour()) {
            return rollbacksInVain
                    + " rollbacks and "
                    + restartsInVain
                    + " restarts led to no checkpoint further on";
        }
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
