package io.aktnode.actors.policy;

import io.aktnode.protocol.control.StepReport;
import io.aktnode.protocol.control.UpdateDecision;
import io.aktnode.protocol.frame.RoleId;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.function.LongSupplier;

/**
 * Judges the roles' step reports: what their gates did, whether that is repeated trouble, whether a
 * loss drifts or the generator has collapsed. One thread.
 */
public final class HealthMonitor {

    private static final long NEVER = Long.MIN_VALUE / 2;

    private final CurePolicy policy;
    private final HourlyBudget skips;
    private final Detectors detectors;
    private final Map<RoleId, StepBudget> rescales = new HashMap<>();
    private final Map<RoleId, Troubles> troubles = new HashMap<>();
    private final Map<RoleId, Double> normLimits = new HashMap<>();
    private long latest = -1;

    /** Since when one trouble has followed the other, the last one, and how long it is not over. */
    private long doubtfulSince = NEVER;

    private long lastTrouble = NEVER;
    private int quietSteps;

    /** Skips and clips of one role. */
    private static final class Troubles {
        private final ArrayDeque<Long> steps = new ArrayDeque<>();
        private int skipsInARow;
    }

    /**
     * @param nanoClock monotonic, ns; for the budgets per hour
     */
    public HealthMonitor(CurePolicy policy, DetectorPolicy detectorPolicy, LongSupplier nanoClock) {
        this.policy = policy;
        this.detectors = new Detectors(detectorPolicy);
        this.skips = new HourlyBudget(policy.skipsPerHour(), nanoClock);
    }

    /** Counts a skipped update that an earlier process saw; the oldest first. */
    public void skipped(Duration ago) {
        skips.used(ago);
    }

    /** Counts a clipped update that an earlier process saw. */
    public void rescaled(RoleId role, long step) {
        rescales(role).used(step);
    }

    private StepBudget rescales(RoleId role) {
        return rescales.computeIfAbsent(
                role, id -> new StepBudget(policy.rescalesPerThousandSteps()));
    }

    /** Findings of one report, mildest first. */
    public List<Finding> observe(StepReport report) {
        latest = Math.max(latest, report.step());
        Double limit = report.measures().get(StepReport.NORM_LIMIT);
        if (limit != null) {
            normLimits.put(report.role(), limit);
        }
        List<Finding> findings = new ArrayList<>();
        judgeUpdate(report, findings);
        if (!findings.isEmpty()) {
            // A dropped update has left the state as it was: the next one shows whether it is well.
            boolean dropped = report.update().decision() == UpdateDecision.SKIPPED;
            trouble(report.step(), report.step(), dropped ? 1 : policy.healthyAfterSteps());
        }
        for (Detector.Alarm alarm : detectors.observe(report)) {
            findings.add(rollback(report, alarm.reason()));
            long first = Math.max(0, report.step() - alarm.earlier());
            trouble(first, report.step(), policy.healthyAfterSteps());
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
        boolean inBudget = skipped ? skips.tryUse() : rescales(report.role()).tryUse(report.step());
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
                                    + (skipped
                                            ? policy.skipsPerHour() + " skips within an hour: "
                                            : policy.rescalesPerThousandSteps()
                                                    + " rescales within a thousand steps: ")
                                    + reason));
        }
    }

    private static Finding rollback(StepReport report, String reason) {
        return new Finding(report.step(), report.role(), Finding.Severity.ROLLBACK, reason);
    }

    /** For people: {@code generator}, {@code teacher}, {@code student}, {@code student-1} ... */
    public static String name(RoleId role) {
        return role.instance() == 0 ? role.role().name().toLowerCase(Locale.ROOT) : role.toString();
    }

    /** Notes trouble that no report shows. */
    public void troubleAt(long step) {
        trouble(step, step, policy.healthyAfterSteps());
    }

    private void trouble(long first, long step, int quiet) {
        if (first - lastTrouble > quietSteps) {
            doubtfulSince = first;
            quietSteps = quiet;
        }
        doubtfulSince = Math.min(doubtfulSince, first);
        lastTrouble = Math.max(lastTrouble, step);
        quietSteps = Math.max(quietSteps, quiet);
    }

    /** Whether a state taken after {@code finishedSteps} steps is out of doubt. */
    public boolean steady(long finishedSteps) {
        return finishedSteps - 1 - lastTrouble >= quietSteps;
    }

    /**
     * The first step since which one trouble follows the other without as many quiet steps between
     * them as make a state healthy; {@link Long#MAX_VALUE} when all is quiet. A state from before
     * it is sound: the steps it came from were accepted.
     */
    public long doubtfulSince() {
        return steady(latest + 1) ? Long.MAX_VALUE : doubtfulSince;
    }

    /** The limits a role is held to at present, by figure; those not known yet are left out. */
    public Map<String, Double> limits(RoleId role) {
        Map<String, Double> limits = detectors.limits(role);
        double norm = normLimits.getOrDefault(role, Double.NaN);
        if (Double.isFinite(norm)) {
            limits.put(name(role) + " gradient norm", norm);
        }
        return limits;
    }

    /** What the detectors remember, by figure, the oldest values first. */
    public Map<String, List<Double>> histories() {
        return detectors.histories();
    }

    /**
     * Continues as from a state that was saved. Time passes for the budgets only.
     *
     * @param step the first step to come
     * @param histories what the detectors remembered then
     */
    public void backTo(long step, Map<String, List<Double>> histories) {
        troubles.clear();
        detectors.restore(histories);
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
        detectors.restore(Map.of());
    }

    /**
     * Forgets what was seen of a student that was given another state, and what it did to the
     * generator's gradients.
     *
     * @param histories what the detectors remembered when the state was saved
     */
    public void mended(RoleId student, Map<String, List<Double>> histories) {
        troubles.remove(student);
        detectors.restore(student, histories);
        troubles.remove(RoleId.GENERATOR);
    }
}
