package io.aktnode.nn.train;

/**
 * Decides, before an update is applied, how much of it is: the mildest cures are local and
 * immediate. Stateful; one per role, called on the role's thread once a step, in step order.
 */
public interface UpdateGate {

    /** Scale for a gradient that must not be applied at all. */
    double SKIP = 0.0;

    /**
     * @param scheduled the schedule's factor on the learning rate
     * @return factor on the gradient: 1 to apply it as it is, below 1 to clip it, {@link #SKIP} to
     *     drop it. A report that is not {@link GradientReport#finite()} must give {@link #SKIP}.
     */
    double scale(long step, GradientReport report, double scheduled);

    /**
     * Factor on the learning rate of the update just judged, on top of the schedule's: 1 unless the
     * gate lowered it after a spike and is still raising it again.
     */
    default double learningRateFactor() {
        return 1.0;
    }

    /** Applies every finite gradient unchanged and drops the others. */
    static UpdateGate finiteOnly() {
        return (step, report, scheduled) -> report.finite() ? 1.0 : SKIP;
    }
}
