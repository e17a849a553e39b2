package io.aktnode.actors.policy;

/**
 * When trouble is repeated, how often each cure may be used, and what a healthy checkpoint is.
 *
 * @param skipsInARow skipped updates of one role in a row that mean its state is broken
 * @param troubleSteps steps over which a role's skips and clips are counted
 * @param troubles skips and clips within {@code troubleSteps} that are repeated trouble
 * @param skipsPerHour beyond it a skip is repeated trouble
 * @param rescalesPerThousandSteps of one role; beyond it a clip is repeated trouble
 * @param rollbacksPerHour beyond it the roles are restarted instead
 * @param restartsPerHour beyond it the run is stopped
 * @param healthyAfterSteps steps without an intervention after which trouble is over (one after a
 *     mere skip): a checkpoint is healthy, what was saved since the trouble began no longer in
 *     doubt
 * @param dryRun whether what the detectors see is only reported
 */
public record CurePolicy(
        int skipsInARow,
        int troubleSteps,
        int troubles,
        int skipsPerHour,
        int rescalesPerThousandSteps,
        int rollbacksPerHour,
        int restartsPerHour,
        int healthyAfterSteps,
        boolean dryRun) {

    public CurePolicy {
        if (skipsInARow < 1 || troubleSteps < 1 || troubles < 1) {
            throw new IllegalArgumentException(
                    "skips-in-a-row="
                            + skipsInARow
                            + " trouble-steps="
                            + troubleSteps
                            + " troubles="
                            + troubles
                            + " must be 1 or more");
        }
        if (skipsPerHour < 0
                || rescalesPerThousandSteps < 0
                || rollbacksPerHour < 0
                || restartsPerHour < 0
                || healthyAfterSteps < 0) {
            throw new IllegalArgumentException(
                    "budgets and healthy-after-steps must be 0 or more: skips "
                            + skipsPerHour
                            + ", rescales "
                            + rescalesPerThousandSteps
                            + ", rollbacks "
                            + rollbacksPerHour
                            + ", restarts "
                            + restartsPerHour
                            + ", healthy after "
                            + healthyAfterSteps);
        }
    }

    public static CurePolicy defaults() {
        return new CurePolicy(3, 50, 8, 60, 20, 6, 6, 5, false);
    }

    public CurePolicy withDryRun(boolean only) {
        return new CurePolicy(
                skipsInARow,
                troubleSteps,
                troubles,
                skipsPerHour,
                rescalesPerThousandSteps,
                rollbacksPerHour,
                restartsPerHour,
                healthyAfterSteps,
                only);
    }
}
