package io.aktnode.actors.run;

import io.aktnode.actors.policy.CurePolicy;
import io.aktnode.actors.policy.DetectorPolicy;
import io.aktnode.actors.policy.GatePolicy;
import java.time.Duration;

/**
 * How a run is kept healthy; none of it changes the numbers of a run that is.
 *
 * @param generatorGate when a generator's gradient is a spike
 * @param studentGate when a student's is
 * @param cures what counts as repeated trouble, and the budgets
 * @param detectors how far a figure may leave its own past
 * @param resendAfter silence after which the frames a batch waits for are asked for again
 * @param resends fruitless ones after which a batch is given up; in lockstep the roles are
 *     restarted
 * @param stallAfter silence of the whole run after which the roles are restarted
 * @param giveUpSavingAfter how long a run goes on while no checkpoint can be saved
 */
public record RunPolicy(
        GatePolicy generatorGate,
        GatePolicy studentGate,
        CurePolicy cures,
        DetectorPolicy detectors,
        Duration resendAfter,
        int resends,
        Duration stallAfter,
        Duration giveUpSavingAfter) {

    private static final Duration LONGEST = Duration.ofDays(365);

    public RunPolicy {
        if (resendAfter.isNegative() || resendAfter.isZero()) {
            throw new IllegalArgumentException("resend-after=" + resendAfter + " must be positive");
        }
        if (resends < 1) {
            throw new IllegalArgumentException("resends=" + resends + " must be 1 or more");
        }
        if (stallAfter.compareTo(resendAfter) <= 0) {
            throw new IllegalArgumentException(
                    "stall-after="
                            + stallAfter
                            + " must be longer than resend-after="
                            + resendAfter);
        }
        if (giveUpSavingAfter.isNegative() || giveUpSavingAfter.compareTo(LONGEST) > 0) {
            throw new IllegalArgumentException(
                    "give-up-after=" + giveUpSavingAfter + " must be from 0 s to " + LONGEST);
        }
    }

    public static RunPolicy defaults() {
        return new RunPolicy(
                GatePolicy.defaults(),
                GatePolicy.defaults(),
                CurePolicy.defaults(),
                DetectorPolicy.defaults(),
                Duration.ofSeconds(10),
                12,
                Duration.ofMinutes(10),
                Duration.ofMinutes(30));
    }

    /** The same judgement; with a dry run only reported. */
    public RunPolicy withDryRun(boolean only) {
        return new RunPolicy(
                generatorGate.withDryRun(only),
                studentGate.withDryRun(only),
                cures.withDryRun(only),
                detectors,
                resendAfter,
                resends,
                stallAfter,
                giveUpSavingAfter);
    }

    public RunPolicy withCures(CurePolicy newCures) {
        return new RunPolicy(
                generatorGate,
                studentGate,
                newCures,
                detectors,
                resendAfter,
                resends,
                stallAfter,
                giveUpSavingAfter);
    }
}
