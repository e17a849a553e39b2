package io.aktnode.actors.policy;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.actors.policy.Finding.Severity;
import io.aktnode.protocol.control.StepReport;
import io.aktnode.protocol.control.UpdateDecision;
import io.aktnode.protocol.control.UpdateReport;
import io.aktnode.protocol.frame.RoleId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

class HealthMonitorTest {

    private long nowNs;
    private final HealthMonitor monitor =
            new HealthMonitor(new CurePolicy(3, 50, 8, 100, 10, 2, 1, 20, false), () -> nowNs);

    private static StepReport student(long step, UpdateDecision decision, double loss) {
        return new StepReport(
                RoleId.student(0),
                0,
                step,
                Map.of("total", loss),
                Map.of(),
                new UpdateReport(decision, "figures", 10, 1, 0, 1, 1, 1e-3),
                0,
                0);
    }

    private static StepReport generator(long step, double spread, double agreement, double bns) {
        return new StepReport(
                RoleId.GENERATOR,
                0,
                step,
                Map.of("total", 1.0, "bn_statistics", bns),
                Map.of(StepReport.IMAGE_SPREAD, spread, StepReport.TEACHER_AGREEMENT, agreement),
                new UpdateReport(UpdateDecision.APPLIED, "", 10, 1, 0, 1, 1, 1e-3),
                0,
                0);
    }

    private List<Severity> severities(List<Finding> findings) {
        return findings.stream().map(Finding::severity).collect(Collectors.toList());
    }

    @Test
    void callsThreeSkipsInARowABrokenState() {
        for (int i = 0; i < 2; i++) {
            assertEquals(
                    List.of(Severity.SKIPPED),
                    severities(monitor.observe(student(i, UpdateDecision.SKIPPED, 1))));
        }

        List<Finding> third = monitor.observe(student(2, UpdateDecision.SKIPPED, 1));

        assertEquals(List.of(Severity.SKIPPED, Severity.ROLLBACK), severities(third));
        assertEquals("3 updates skipped in a row: figures", third.get(1).reason());
    }

    @Test
    void saysWhichOfSeveralStudentsIsInTrouble() {
        StepReport second =
                new StepReport(
                        RoleId.student(1),
                        0,
                        3,
                        Map.of(),
                        Map.of(),
                        new UpdateReport(UpdateDecision.SKIPPED, "figures", 10, 1, 1, 0, 1, 0),
                        0,
                        0);

        assertEquals("student-1", HealthMonitor.name(monitor.observe(second).get(0).who()));
        assertEquals(
                "student",
                HealthMonitor.name(
                        monitor.observe(student(3, UpdateDecision.SKIPPED, 1)).get(0).who()));
    }

    @Test
    void anAppliedUpdateEndsARowOfSkips() {
        List<Severity> seen = new ArrayList<>();
        for (int i = 0; i < 10; i++) {
            UpdateDecision decision = i % 3 == 2 ? UpdateDecision.APPLIED : UpdateDecision.SKIPPED;
            seen.addAll(severities(monitor.observe(student(i, decision, 1))));
        }
        assertFalse(seen.contains(Severity.ROLLBACK));
    }

    @Test
    void countsSkipsAndClipsWithinAWindowOfSteps() {
        List<Severity> seen = new ArrayList<>();
        for (int i = 0; i < 8; i++) {
            seen.addAll(severities(monitor.observe(student(6 * i, UpdateDecision.CLIPPED, 1))));
        }
        assertEquals(Severity.ROLLBACK, seen.get(seen.size() - 1));
        assertEquals(9, seen.size());

        monitor.backTo(0);
        for (int i = 0; i < 2; i++) {
            assertEquals(
                    List.of(Severity.RESCALED),
                    severities(monitor.observe(student(60 * i, UpdateDecision.CLIPPED, 1))));
        }
    }

    @Test
    void moreClipsWithinAnHourThanTheBudgetAreRepeatedTrouble() {
        for (int i = 0; i < 10; i++) {
            monitor.observe(student(100L * i, UpdateDecision.CLIPPED, 1));
        }
        assertTrue(
                severities(monitor.observe(student(1000, UpdateDecision.CLIPPED, 1)))
                        .contains(Severity.ROLLBACK));

        nowNs += Duration.ofMinutes(61).toNanos();

        assertEquals(
                List.of(Severity.RESCALED),
                severities(monitor.observe(student(1100, UpdateDecision.CLIPPED, 1))));
    }

    @Test
    void isSteadyOnceTroubleIsLongEnoughAgo() {
        monitor.observe(student(100, UpdateDecision.SKIPPED, 1));

        assertFalse(monitor.steady(101));
        assertFalse(monitor.steady(120));
        assertTrue(monitor.steady(121));
    }

    @Test
    void doubtsTheStatesSinceTroubleBeganUntilItIsOver() {
        assertEquals(Long.MAX_VALUE, monitor.doubtfulSince());
        monitor.observe(student(100, UpdateDecision.SKIPPED, 1));
        monitor.observe(student(115, UpdateDecision.CLIPPED, 1));
        monitor.observe(student(134, UpdateDecision.APPLIED, 1));

        assertEquals(100, monitor.doubtfulSince());

        monitor.observe(student(135, UpdateDecision.APPLIED, 1));
        assertEquals(Long.MAX_VALUE, monitor.doubtfulSince());
        monitor.observe(student(136, UpdateDecision.SKIPPED, 1));
        assertEquals(136, monitor.doubtfulSince());
    }

    @Test
    void doubtsNothingAnyMoreWhenTheRunIsBackBeforeTheTrouble() {
        monitor.observe(student(100, UpdateDecision.SKIPPED, 1));

        monitor.backTo(101);
        assertEquals(100, monitor.doubtfulSince());
        monitor.backTo(100);

        assertEquals(Long.MAX_VALUE, monitor.doubtfulSince());
        assertTrue(monitor.steady(100));
    }

    @Test
    void seesALossThatDriftsAndNotOneThatFluctuates() {
        SplittableRandom random = new SplittableRandom(5);
        int step = 0;
        for (; step < 2000; step++) {
            double loss = 4 + 2 * Math.sin(step / 50.0) + random.nextDouble(-1, 1);
            assertTrue(monitor.observe(student(step, UpdateDecision.APPLIED, loss)).isEmpty());
        }
        List<Finding> findings = List.of();
        for (int i = 0; i < 100 && findings.isEmpty(); i++) {
            findings = monitor.observe(student(step++, UpdateDecision.APPLIED, 400));
        }
        assertEquals(List.of(Severity.ROLLBACK), severities(findings));
        assertTrue(findings.get(0).reason().startsWith("student loss drifted from a median of"));
    }

    @Test
    void toleratesATeacherThatHardlyAgreesWhenAllIsWell() {
        SplittableRandom random = new SplittableRandom(5);
        for (int step = 0; step < 2000; step++) {
            double agreement = Math.round(random.nextDouble(0, 0.3) * 16) / 16.0;
            double bns = 3 + 375 * Math.exp(-step / 100.0);
            assertTrue(
                    monitor.observe(generator(step, random.nextDouble(0.5, 1), agreement, bns))
                            .isEmpty());
        }
    }

    @Test
    void seesImagesThatStopVaryingAndATeacherThatNoLongerAgrees() {
        for (int step = 0; step < 300; step++) {
            monitor.observe(generator(step, 0.8, 0.95, 3));
        }
        List<String> reasons = new ArrayList<>();
        for (int step = 300; step < 360; step++) {
            monitor.observe(generator(step, 0.01, 0.95, 3)).forEach(f -> reasons.add(f.reason()));
        }
        assertTrue(reasons.get(0).startsWith("images stopped varying"), reasons.get(0));

        monitor.backTo(0);
        for (int step = 0; step < 300; step++) {
            monitor.observe(generator(step, 0.8, 0.95, 3));
        }
        reasons.clear();
        for (int step = 300; step < 360; step++) {
            monitor.observe(generator(step, 0.8, 0.1, 3)).forEach(f -> reasons.add(f.reason()));
        }
        assertTrue(reasons.get(0).startsWith("the teacher agreed with 95 %"), reasons.get(0));
    }

    @Test
    void climbsTheLadderAsBudgetsAreSpent() {
        CureLadder ladder =
                new CureLadder(new CurePolicy(3, 50, 8, 100, 10, 2, 1, 20, false), () -> nowNs);

        assertEquals(CureLadder.Cure.ROLLBACK, ladder.forBrokenState());
        assertEquals(CureLadder.Cure.ROLLBACK, ladder.forBrokenState());
        assertEquals(CureLadder.Cure.RESTART, ladder.forBrokenState());
        assertEquals(CureLadder.Cure.STOP, ladder.forBrokenState());
        nowNs += Duration.ofHours(1).toNanos();
        assertEquals(CureLadder.Cure.ROLLBACK, ladder.forBrokenState());
        assertEquals(CureLadder.Cure.RESTART, ladder.forBrokenRole());
        assertEquals(CureLadder.Cure.STOP, ladder.forBrokenRole());
    }
}
