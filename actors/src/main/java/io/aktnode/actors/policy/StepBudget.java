package io.aktnode.actors.policy;

import java.util.ArrayDeque;

/**
 * So many uses within any thousand steps. Steps that are done again count once more: time passes
 * for a budget only as the training gets on. One thread.
 */
final class StepBudget {

    /** Over how many steps uses are counted. */
    static final int STEPS = 1000;

    private final int uses;
    private final ArrayDeque<Long> used = new ArrayDeque<>();

    StepBudget(int uses) {
        this.uses = uses;
    }

    /** Counts a use of an earlier process; all are to be told before the first of this one. */
    void used(long step) {
        used.addLast(step);
    }

    /** Uses one; false, and nothing used, if the budget is spent. */
    boolean tryUse(long step) {
        used.removeIf(before -> before <= step - STEPS);
        if (used.size() >= uses) {
            return false;
        }
        used.addLast(step);
        return true;
    }
}
