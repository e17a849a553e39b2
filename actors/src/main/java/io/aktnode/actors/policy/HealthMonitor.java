package io.aktnode.actors.policy;

import io.aktnode.protocol.control.StepReport;
import io.aktnode.protocol.control.UpdateDecision;
import io.aktnode.protocol.frame.Role;
import io.aktnode.protocol.frame.RoleId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * Judges the roles' step reports: what their gates did, whether that is repeated trouble, whether a
 * loss drifts or the generator has collapsed. One thread.
 */
public final class HealthMonitor {

    private static final long NEVER = Long.MIN_VALUE / 2;
    private static final String BN_STATISTICS = "bn_statistics";

    private final CurePolicy policy;
    private final HourlyBudget skips;
    private final HourlyBudget rescales;
    private final Map<RoleId, Troubles> troubles = new HashMap<>();
    private final Map<RoleId, DriftDetector> drifts = new HashMap<>();
    private DriftDetector bnStatistics = new DriftDetector("BN-statistics loss");
    private CollapseDetector collapse = new CollapseDetector();
    private long latest = -1;
    private long lastTrouble = NEVER;
    private long doubtfulSince = NEVER;

    /** Skips and clips of one role. */
    private static final class Troubles {
        private final ArrayDeque<Long> steps = new ArrayDeque<>();
        private int skipsInARow;
    }

    /**
     * @param nanoClock monotonic, ns; for the budgets per hour
     */
    public HealthMonitor(CurePolicy policy, LongSupplier nanoClock) {
        this.policy = policy;
        this.skips = new HourlyBudget(policy.skipsPerHour(), nanoClock);
        this.rescales = new HourlyBudget(policy.rescalesPerHour(), nanoClock);
    }

    /** Counts a skipped update that an earlier process saw; the oldest first. */
    public void skipped(Duration ago) {
        skips.used(ago);
    }

    /** Counts a clipped update that an earlier process saw; the oldest first. */
    public void rescaled(Duration ago) {
        rescales.used(ago);
    }

    /** Findings of one report, mildest first. */
    public List<Finding> observe(StepReport report) {
        latest = Math.max(latest, report.step());
        List<Finding> findings = new ArrayList<>();
        judgeUpdate(report, findings);
        if (report.update().decision() == UpdateDecision.APPLIED) {
            String role = name(report.role());
            drifts.computeIfAbsent(report.role(), id -> new DriftDetector(role + " loss"))
                    .observe(report.losses().getOrDefault("total", Double.NaN))
                    .ifPresent(reason -> findings.add(rollback(report, reason)));
        }
        if (report.role().role() == Role.GENERATOR) {
            judgeImages(report).ifPresent(reason -> findings.add(rollback(report, reason)));
        }
        if (!findings.isEmpty()) {
            troubleAt(report.step());
        }
        return findings;
    }

    private void judgeUpdate(StepReport report, List<Finding> findings) {
        Troubles own = troubles.computeIfAbsent(report.role(), id -> new Troubles());
        UpdateDecision decision = report.update().decision();
        boolean skipped = decision == UpdateDecision.SKIPPED;
        boolean clipped =
                decision == UpdateDecision.CLIPPED || decision == UpdateDecision.TOLERATED;
        if (!skipped && !clipped) {
            if (decision == UpdateDecision.APPLIED) {
                own.skipsInARow = 0;
            }
            return;
        }
        String reason = report.update().reason();
        findings.add(
                new Finding(
                        report.step(),
                        report.role(),
                        skipped ? Finding.Severity.SKIPPED : Finding.Severity.RESCALED,
                        reason));
        own.skipsInARow = skipped ? own.skipsInARow + 1 : 0;
        own.steps.addLast(report.step());
        while (own.steps.peekFirst() <= report.step() - policy.troubleSteps()) {
            own.steps.removeFirst();
        }
        boolean inBudget = (skipped ? skips : rescales).tryUse();
        if (own.skipsInARow >= policy.skipsInARow()) {
            findings.add(
                    rollback(report, own.skipsInARow + " updates skipped in a row: " + reason));
        } else if (own.steps.size() >= policy.troubles()) {
            findings.add(
                    rollback(
                            report,
                            own.steps.size()
                                    + " updates skipped or clipped within "
                                    + policy.troubleSteps()
                                    + " steps: "
                                    + reason));
        } else if (!inBudget) {
            findings.add(
                    rollback(
                            report,
                            "more than "
                                    + (skipped ? skips : rescales).perHour()
                                    + (skipped ? " skips" : " rescales")
                                    + " within an hour: "
                                    + reason));
        }
    }

    private Optional<String> judgeImages(StepReport report) {
        Optional<String> drift =
                bnStatistics.observe(report.losses().getOrDefault(BN_STATISTICS, Double.NaN));
        Optional<String> collapsed =
                collapse.observe(
                        report.measures().getOrDefault(StepReport.IMAGE_SPREAD, Double.NaN),
                        report.measures().getOrDefault(StepReport.TEACHER_AGREEMENT, Double.NaN));
        return drift.or(() -> collapsed);
    }

    private static Finding rollback(StepReport report, String reason) {
        return new Finding(report.step(), report.role(), Finding.Severity.ROLLBACK, reason);
    }

    /** For people: {@code generator}, {@code teacher}, {@code student}, {@code student-1} ... */
    public static String name(RoleId role) {
        return role.instance() == 0 ? role.role().name().toLowerCase(Locale.ROOT) : role.toString();
    }

    /** Notes trouble at a step, whether or not a report shows it. */
    public void troubleAt(long step) {
        if (step - lastTrouble > policy.healthyAfterSteps()) {
            doubtfulSince = step;
        }
        doubtfulSince = Math.min(doubtfulSince, step);
        lastTrouble = Math.max(lastTrouble, step);
    }

    /** Whether a state taken after {@code finishedSteps} steps is out of doubt. */
    public boolean steady(long finishedSteps) {
        return finishedSteps - 1 - lastTrouble >= policy.healthyAfterSteps();
    }

    /**
     * The first step since which one trouble follows the other without as many quiet steps between
     * them as make a state healthy; {@link Long#MAX_VALUE} when all is quiet. A state from before
     * it is sound: the steps it came from were accepted.
     */
    public long doubtfulSince() {
        return steady(latest + 1) ? Long.MAX_VALUE : doubtfulSince;
    }

    /**
     * Forgets what was seen after the state that was gone back to. Time passes for the budgets
     * only.
     *
     * @param step the first step to come
     */
    public void backTo(long step) {
        forget();
        latest = step - 1;
        if (doubtfulSince >= step) {
            lastTrouble = NEVER;
            doubtfulSince = NEVER;
        } else {
            lastTrouble = Math.min(lastTrouble, step - 1);
        }
    }

    /** Forgets what was seen but not that there was trouble, as after a cure that was not taken. */
    public void forget() {
        troubles.clear();
        drifts.clear();
        bnStatistics = new DriftDetector("BN-statistics loss");
        collapse = new CollapseDetector();
    }

    /**
     * Forgets what was seen of a student that was given another state, and what it did to the
     * generator's gradients.
     */
    public void mended(RoleId student) {
        troubles.remove(student);
        drifts.remove(student);
        troubles.remove(RoleId.GENERATOR);
    }
}
