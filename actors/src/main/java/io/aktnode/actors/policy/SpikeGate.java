package io.aktnode.actors.policy;

import io.aktnode.nn.train.GradientReport;
import io.aktnode.nn.train.UpdateGate;
import io.aktnode.protocol.control.GateState;
import io.aktnode.protocol.control.UpdateDecision;
import io.aktnode.protocol.control.UpdateReport;
import java.util.ArrayDeque;
import java.util.List;
import java.util.Locale;

/**
 * The local cures: drops a gradient that is not finite, clips a spike to the median norm and lowers
 * the learning rate for a while.
 *
 * <p>A gradient that alone would change the weights by a larger share of their norm than it may,
 * {@code lr·(1+m)·‖g‖/‖w‖}, is a spike, too, from the first step on (as in the adaptive gradient
 * clipping of Brock et al., 2021, but over all weights together). The very first, which there is
 * nothing to compare with, is dropped: a network whose weights are quantized to a few bits does not
 * bear a step in such a direction, however short it is made. Later ones are clipped to the median,
 * of however few norms: of a 2-bit student's first gradients one is often a hundred times the usual
 * ones, and so are those after it until the weights have moved; one short step is enough.
 *
 * <p>A spike is far above the median in robust deviations of the log norm <em>and</em> in
 * multiples, or in multiples alone (see {@link GatePolicy}). Norms of clipped and skipped gradients
 * never enter the statistics. Deterministic: the same norms give the same decisions. One thread.
 */
public final class SpikeGate implements UpdateGate {

    private final GatePolicy policy;
    private final ArrayDeque<Double> logNorms = new ArrayDeque<>();
    private int clipsInARow;
    private double learningRateFactor = 1;
    private UpdateDecision decision = UpdateDecision.NONE;
    private String reason = "";

    public SpikeGate(GatePolicy policy) {
        this.policy = policy;
    }

    /** A gate that continues where another one was when its state was taken. */
    public SpikeGate(GatePolicy policy, GateState state) {
        this.policy = policy;
        logNorms.addAll(state.logNorms());
        clipsInARow = state.clipsInARow();
        learningRateFactor = state.learningRateFactor();
    }

    @Override
    public double scale(long step, GradientReport report, double scheduled) {
        if (!report.finite()) {
            return decide(
                    UpdateDecision.SKIPPED,
                    report.nonFinite() > 0 || !Double.isFinite(report.norm())
                            ? report.nonFinite() + " gradient elements are not finite"
                            : "loss is not finite: " + report.losses(),
                    SKIP);
        }
        double median = Math.exp(RobustStatistics.median(logNorms));
        double bearable = bearable(report, scheduled);
        boolean upsetting = report.norm() > bearable;
        if (upsetting && logNorms.isEmpty()) {
            String seen = leap(report.norm(), bearable);
            return policy.dryRun()
                    ? decide(UpdateDecision.TOLERATED, seen, 1)
                    : decide(UpdateDecision.SKIPPED, seen, SKIP);
        }
        if (upsetting || report.norm() > 0 && spike(report.norm(), median)) {
            return clip(report.norm(), median, bearable);
        }
        return accept(report.norm());
    }

    /** The norm at which a gradient would change the weights by as much as it may. */
    private double bearable(GradientReport report, double scheduled) {
        double ratio = report.updateRatio() * scheduled * learningRateFactor;
        return ratio > 0 && Double.isFinite(ratio)
                ? report.norm() * policy.largestUpdate() / ratio
                : Double.POSITIVE_INFINITY;
    }

    private String leap(double norm, double bearable) {
        return String.format(
                Locale.ROOT,
                "gradient norm %.4g would change the weights by %.3g of their norm, %.3g is allowed",
                norm,
                policy.largestUpdate() * norm / bearable,
                policy.largestUpdate());
    }

    private boolean spike(double norm, double median) {
        if (logNorms.size() < policy.minimum()) {
            return false;
        }
        double multiple = norm / median;
        if (logNorms.size() < policy.warmup()) {
            return multiple > policy.warmupMultiple();
        }
        return multiple > policy.instantMultiple()
                || multiple > policy.spikeMultiple() && zScore(norm, median) > policy.zScore();
    }

    private double zScore(double norm, double median) {
        double centre = Math.log(median);
        double deviation = RobustStatistics.deviation(logNorms, centre);
        return (Math.log(norm) - centre) / Math.max(deviation, 1e-6);
    }

    private double clip(double norm, double median, double bearable) {
        clipsInARow++;
        double followed =
                median * Math.pow(2, Math.min(1000, Math.max(0, clipsInARow - policy.patience())));
        double allowed = Math.min(followed, bearable);
        if (norm <= allowed) {
            // The change lasts: what was healthy before says nothing about it.
            logNorms.clear();
            return accept(norm);
        }
        String seen = seen(norm, median, allowed);
        if (policy.dryRun()) {
            return decide(UpdateDecision.TOLERATED, seen, 1);
        }
        learningRateFactor =
                Math.max(policy.learningRateFloor(), learningRateFactor * policy.learningRateCut());
        return decide(
                UpdateDecision.CLIPPED,
                String.format(Locale.ROOT, "%s, learning rate x%.3g", seen, learningRateFactor),
                allowed / norm);
    }

    private static String seen(double norm, double median, double allowed) {
        return String.format(
                Locale.ROOT,
                "gradient norm %.4g is %.3g times the median %.4g; clipped to %.4g",
                norm,
                norm / median,
                median,
                allowed);
    }

    private double accept(double norm) {
        clipsInARow = 0;
        learningRateFactor = Math.min(1, learningRateFactor * policy.learningRateRecovery());
        if (norm > 0) {
            logNorms.addLast(Math.log(norm));
        }
        if (logNorms.size() > policy.window()) {
            logNorms.removeFirst();
        }
        return decide(UpdateDecision.APPLIED, "", 1);
    }

    private double decide(UpdateDecision newDecision, String newReason, double scale) {
        decision = newDecision;
        reason = newReason;
        return scale;
    }

    @Override
    public double learningRateFactor() {
        return learningRateFactor;
    }

    /**
     * The norm from which on a finite gradient is a spike, as learned from the accepted ones;
     * infinite while too few were seen.
     */
    public double limit() {
        if (logNorms.size() < policy.minimum()) {
            return Double.POSITIVE_INFINITY;
        }
        double centre = RobustStatistics.median(logNorms);
        double median = Math.exp(centre);
        if (logNorms.size() < policy.warmup()) {
            return median * policy.warmupMultiple();
        }
        double deviation = RobustStatistics.deviation(logNorms, centre);
        double unusual = Math.max(policy.spikeMultiple(), Math.exp(policy.zScore() * deviation));
        return median * Math.min(policy.instantMultiple(), unusual);
    }

    /** What the last call of {@link #scale} came to. */
    public UpdateDecision decision() {
        return decision;
    }

    /** Why, with the figures; empty when the gradient was accepted. */
    public String reason() {
        return reason;
    }

    /**
     * What the last call of {@link #scale} came to, for the supervisor.
     *
     * @param judged the gradient it was called with
     * @param scale what it returned
     * @param updateRatio norm of the update over that of the weights; NaN if not known
     */
    public UpdateReport report(GradientReport judged, double scale, double updateRatio) {
        return new UpdateReport(
                decision,
                reason,
                judged.norm(),
                judged.largest(),
                judged.nonFinite(),
                scale,
                learningRateFactor,
                updateRatio);
    }

    public GateState state() {
        return new GateState(List.copyOf(logNorms), clipsInARow, learningRateFactor);
    }
}
