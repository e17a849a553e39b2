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
import java.util.function.IntFunction;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class HealthMonitorTest {

    private static final CurePolicy POLICY = new CurePolicy(3, 50, 8, 100, 10, 2, 1, 20, false);

    private long nowNs;
    private final HealthMonitor monitor =
            new HealthMonitor(POLICY, DetectorPolicy.defaults(), () -> nowNs);

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

    /** With an update of this share of the weights. */
    private static StepReport changing(long step, RoleId role, double ratio) {
        return new StepReport(
                role,
                0,
                step,
                Map.of("total", -900.0),
                Map.of(),
                new UpdateReport(UpdateDecision.APPLIED, "", 10, 1, 0, 1, 1, ratio),
                0,
                0);
    }

    @Test
    void seesASingleUpdateThatUpsetsTheWeightsAtOnce() {
        for (RoleId role : List.of(RoleId.student(0), RoleId.GENERATOR)) {
            for (int step = 0; step < 30; step++) {
                // As a 2-bit student's, the least steady ones, grow again after a clip.
                assertEquals(List.of(), monitor.observe(changing(step, role, 5e-6 * (1 + step))));
            }

            List<Finding> findings = monitor.observe(changing(30, role, 0.0095));

            assertEquals(1, findings.size());
            assertEquals(Severity.ROLLBACK, findings.get(0).severity());
            assertEquals(
                    HealthMonitor.name(role)
                            + " update changed the weights by 0.00950 of their norm, limit 0.00775",
                    findings.get(0).reason());
            assertEquals(30, monitor.doubtfulSince(), "what was before is sound");
            monitor.backTo(30, Map.of());
        }
    }

    @Test
    void seesTheVeryFirstUpdateIfItUpsetsTheWeights() {
        List<Finding> student = monitor.observe(changing(0, RoleId.student(0), 0.036));
        List<Finding> generator = monitor.observe(changing(0, RoleId.GENERATOR, 0.036));

        assertEquals(
                List.of("student update changed the weights by 0.0360 of their norm, limit 0.0200"),
                student.stream().map(Finding::reason).toList());
        assertEquals(List.of(), generator, "Adam's first steps are long");
    }

    private static StepReport reaching(long step, double reach) {
        return new StepReport(
                RoleId.student(1),
                0,
                step,
                Map.of("total", -900.0),
                Map.of(StepReport.ACTIVATION_REACH, reach, StepReport.NORM_LIMIT, 812.5),
                new UpdateReport(UpdateDecision.APPLIED, "", 10, 1, 0, 1, 1, 1e-3),
                0,
                0);
    }

    private static StepReport generator(long step, double spread, double agreement, double bns) {
        return generator(step, UpdateDecision.APPLIED, spread, 0.6, agreement, bns);
    }

    private static StepReport generator(
            long step,
            UpdateDecision decision,
            double spread,
            double classSpread,
            double agreement,
            double bns) {
        return new StepReport(
                RoleId.GENERATOR,
                0,
                step,
                Map.of("total", 1.0, "bn_statistics", bns),
                Map.of(
                        StepReport.IMAGE_SPREAD,
                        spread,
                        StepReport.CLASS_SPREAD,
                        classSpread,
                        StepReport.TEACHER_AGREEMENT,
                        agreement),
                new UpdateReport(decision, "figures", 10, 1, 0, 1, 1, 1e-3),
                0,
                0);
    }

    /** Reasons to roll back that the reports give, each once, without the figures. */
    private List<String> reasons(int steps, IntFunction<StepReport> report) {
        return IntStream.range(0, steps)
                .mapToObj(report)
                .flatMap(each -> monitor.observe(each).stream())
                .map(finding -> finding.reason().replaceAll("[0-9.]+", "#"))
                .distinct()
                .toList();
    }

    /** Agreement as in AdaDFQ: of 16 images the teacher confirms about two. */
    private static double agreement(SplittableRandom random, double probability) {
        return IntStream.range(0, 16).filter(i -> random.nextDouble() < probability).count() / 16.0;
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

        monitor.backTo(0, Map.of());
        for (int i = 0; i < 2; i++) {
            assertEquals(
                    List.of(Severity.RESCALED),
                    severities(monitor.observe(student(60 * i, UpdateDecision.CLIPPED, 1))));
        }
    }

    @Test
    void moreClipsOfARoleWithinAThousandStepsThanTheBudgetAreRepeatedTrouble() {
        for (int i = 0; i < 10; i++) {
            monitor.observe(student(90L * i, UpdateDecision.CLIPPED, 1));
        }
        assertEquals(
                List.of(Severity.RESCALED),
                severities(
                        monitor.observe(generator(999, UpdateDecision.CLIPPED, 0.8, 0.6, 0.1, 3))));
        List<Finding> eleventh = monitor.observe(student(999, UpdateDecision.CLIPPED, 1));
        assertEquals(List.of(Severity.RESCALED, Severity.ROLLBACK), severities(eleventh));
        assertEquals(
                "more than 10 rescales within a thousand steps: figures", eleventh.get(1).reason());

        assertEquals(
                List.of(Severity.RESCALED),
                severities(monitor.observe(student(1000, UpdateDecision.CLIPPED, 1))));
    }

    @Test
    void countsTheClipsThatAnEarlierProcessSaw() {
        for (int i = 0; i < 10; i++) {
            monitor.rescaled(RoleId.student(0), 90L * i);
        }

        assertTrue(
                severities(monitor.observe(student(999, UpdateDecision.CLIPPED, 1)))
                        .contains(Severity.ROLLBACK));
    }

    @Test
    void isSteadyOnceTroubleIsLongEnoughAgo() {
        monitor.observe(student(100, UpdateDecision.CLIPPED, 1));

        assertFalse(monitor.steady(101));
        assertFalse(monitor.steady(120));
        assertTrue(monitor.steady(121));
    }

    @Test
    void doubtsTheStatesSinceTroubleBeganUntilItIsOver() {
        assertEquals(Long.MAX_VALUE, monitor.doubtfulSince());
        monitor.observe(student(100, UpdateDecision.CLIPPED, 1));
        monitor.observe(student(115, UpdateDecision.SKIPPED, 1));
        monitor.observe(student(134, UpdateDecision.APPLIED, 1));

        assertEquals(100, monitor.doubtfulSince());

        monitor.observe(student(135, UpdateDecision.APPLIED, 1));
        assertEquals(Long.MAX_VALUE, monitor.doubtfulSince());
        monitor.observe(student(136, UpdateDecision.SKIPPED, 1));
        assertEquals(136, monitor.doubtfulSince());
    }

    @Test
    void doubtsTheStatesSinceALossWentBeyondALimitThatWasNotKnownYet() {
        for (int step = 0; step < 40; step++) {
            monitor.observe(student(step, UpdateDecision.APPLIED, 1 + 0.01 * (step % 5)));
        }
        int step = 40;
        while (monitor.observe(student(step, UpdateDecision.APPLIED, 30)).isEmpty()) {
            step++;
        }

        // Fifty values of a past and the 25 that are held against it.
        assertEquals(74, step);
        assertEquals(40, monitor.doubtfulSince());
    }

    @Test
    void doubtsNothingOnceAnUpdateIsAcceptedAfterASkip() {
        monitor.observe(student(100, UpdateDecision.SKIPPED, 1));
        monitor.observe(student(101, UpdateDecision.SKIPPED, 1));
        assertEquals(100, monitor.doubtfulSince());

        monitor.observe(student(102, UpdateDecision.APPLIED, 1));

        assertEquals(Long.MAX_VALUE, monitor.doubtfulSince());
        assertTrue(monitor.steady(103));
    }

    @Test
    void doubtsNothingAnyMoreWhenTheRunIsBackBeforeTheTrouble() {
        monitor.observe(student(100, UpdateDecision.SKIPPED, 1));

        monitor.backTo(101, Map.of());
        assertEquals(100, monitor.doubtfulSince());
        monitor.backTo(100, Map.of());

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
        assertTrue(
                findings.get(0).reason().matches("student loss drifted from .* to 400.0, limit .*"),
                findings.get(0).reason());
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
        assertEquals(List.of(), reasons(300, step -> generator(step, 0.8, 0.95, 3)));
        assertEquals(
                List.of("image spread fell from # to #, limit # images stopped varying"),
                reasons(60, step -> generator(300 + step, 0.01, 0.95, 3)).stream()
                        .map(reason -> reason.replace(":", ""))
                        .toList());

        monitor.backTo(0, Map.of());
        assertEquals(List.of(), reasons(300, step -> generator(step, 0.8, 0.95, 3)));
        assertEquals(
                List.of("label agreement fell from # to #, limit #"),
                reasons(60, step -> generator(300 + step, 0.8, 0.1, 3)));
    }

    @Test
    void seesImagesOfAClassThatStopVaryingWhileClassesStillDiffer() {
        UpdateDecision applied = UpdateDecision.APPLIED;
        reasons(100, step -> generator(step, applied, 0.8, 0.6, 0.1, 3));

        List<String> seen = reasons(30, step -> generator(100 + step, applied, 0.8, 0.01, 0.1, 3));

        assertEquals(1, seen.size(), seen.toString());
        assertTrue(seen.get(0).startsWith("image spread within a class fell"), seen.get(0));
    }

    @Test
    void seesTheFirstBatchOfImagesThatAreAllTheSame() {
        UpdateDecision applied = UpdateDecision.APPLIED;
        // Of the images of one class there may be a single one: then nothing is said of them.
        reasons(
                6,
                step ->
                        generator(
                                step,
                                applied,
                                0.8 + 0.02 * step,
                                step == 3 ? Double.NaN : 0.6,
                                0.1,
                                3));
        assertEquals(
                List.of(),
                reasons(3, step -> generator(6 + step, applied, 0.1, Double.NaN, 0.1, 3)));

        List<Finding> found = monitor.observe(generator(9, applied, 0.7, 0.003, 0.1, 3));

        assertEquals(List.of(Severity.ROLLBACK), severities(found));
        assertEquals(
                "image spread within a class of one batch fell from 0.6000 to 0.003000 at once,"
                        + " limit 0.006000: images stopped varying",
                found.get(0).reason());
        assertEquals(9, monitor.doubtfulSince());
    }

    @Test
    void seesATeacherThatAgreesLessThanTheLittleThatIsHealthy() {
        SplittableRandom random = new SplittableRandom(5);
        assertEquals(
                List.of(),
                reasons(20_000, step -> generator(step, 0.8, agreement(random, 0.13), 3)));

        assertEquals(
                List.of("label agreement fell from # to #, limit #"),
                reasons(60, step -> generator(20_000 + step, 0.8, agreement(random, 0.01), 3)));
    }

    @Test
    void seesActivationsThatLeaveTheirRanges() {
        assertEquals(List.of(), reasons(200, step -> reaching(step, 1.5 + 0.01 * (step % 50))));

        assertEquals(
                List.of(
                        "student-# activations grew from # to # times the calibrated range, limit #"),
                reasons(20, step -> reaching(200 + step, 9)));
    }

    @Test
    void learnsNothingFromStepsThatWereNotAccepted() {
        reasons(100, step -> generator(step, 0.8, 0.95, 3));
        Map<String, List<Double>> before = monitor.histories();

        List<String> seen =
                reasons(
                        3,
                        step -> generator(100 + 60 * step, UpdateDecision.CLIPPED, 0, 0, 0, 300));

        assertEquals(List.of("figures"), seen);
        assertEquals(before, monitor.histories());
    }

    @Test
    void continuesFromHistoriesThatWereSaved() {
        reasons(300, step -> generator(step, 0.8, 0.95, 3));
        HealthMonitor next = new HealthMonitor(POLICY, DetectorPolicy.defaults(), () -> nowNs);

        next.backTo(300, monitor.histories());
        assertEquals(monitor.histories(), next.histories());

        List<Finding> seen = new ArrayList<>();
        for (int step = 300; step < 313; step++) {
            seen.addAll(next.observe(generator(step, 0.01, 0.95, 3)));
        }
        assertEquals(List.of(Severity.ROLLBACK), severities(seen));
        assertEquals(300, next.doubtfulSince());
    }

    @Test
    void saysWhatItsLimitsAre() {
        assertEquals(Map.of(), monitor.limits(RoleId.student(1)));
        reasons(100, step -> reaching(step, 1.5));

        assertEquals(
                Map.of(
                        "student-1 gradient norm", 812.5,
                        "student-1 loss", 0.0,
                        "student-1 activations", 6.0,
                        "student-1 update", 0.02),
                monitor.limits(RoleId.student(1)));
    }

    @Test
    void climbsTheLadderAsBudgetsAreSpent() {
        CureLadder ladder = new CureLadder(POLICY, () -> nowNs);

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
