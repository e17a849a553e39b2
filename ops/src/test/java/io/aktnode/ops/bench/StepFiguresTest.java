package io.aktnode.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.util.List;
import java.util.concurrent.atomic.AtomicLong;
import org.junit.jupiter.api.Test;

class StepFiguresTest {

    private static final double MS = 1e-3;

    private final AtomicLong nowNs = new AtomicLong();
    private final PhaseLog log = new PhaseLog(nowNs::get);

    @Test
    void aStepLastsFromTheEndOfTheOneBefore() {
        StepClock clock = clock(5);
        for (int step = 0; step < 5; step++) {
            pass(step < 3 ? 100 : 7);
            clock.finished(step);
        }

        StepFigures figures = StepFigures.of(clock, log, 3, 2, 1);

        assertEquals(2, figures.step().count());
        assertEquals(7 * MS, figures.step().median(), 1e-12);
    }

    @Test
    void theCostOfACheckpointIsWhatItsStepTakesMore() {
        StepClock clock = clock(5);
        for (int step = 0; step < 5; step++) {
            if (step == 3) {
                pass(40);
                clock.checkpoint(step);
            }
            pass(10);
            clock.finished(step);
        }

        StepFigures figures = StepFigures.of(clock, log, 1, 4, 1);

        assertEquals(40 * MS, figures.checkpoint(), 1e-12);
        assertEquals(3, figures.ordinary().count());
        assertEquals(10 * MS, figures.ordinary().p95(), 1e-12);
        assertEquals(50 * MS, figures.step().p95(), 1e-12);
    }

    /** With two batches in flight, steps end in pairs. */
    @Test
    void bunchesOfStepsAreSpreadOverTheWindow() {
        StepClock clock = clock(6);
        for (int step = 0; step < 6; step++) {
            pass(step % 2 == 0 ? 19 : 1);
            clock.finished(step);
        }

        StepFigures figures = StepFigures.of(clock, log, 2, 4, 2);

        assertEquals(10 * MS, figures.step().median(), 1e-12);
        assertEquals(10 * MS, figures.step().p95(), 1e-12);
    }

    @Test
    void phasesCountFromTheFirstStepThatCounts() {
        StepClock clock = clock(3);
        for (int step = 0; step < 3; step++) {
            call("teacher", Phase.TEACHER_FORWARD, step == 0 ? 90 : 5, 1000);
            pass(1);
            clock.finished(step);
        }

        StepFigures figures = StepFigures.of(clock, log, 1, 2, 1);

        Quantiles forward =
                figures.phases().get(new PhaseLog.Key("teacher", Phase.TEACHER_FORWARD));
        assertEquals(2, forward.count());
        assertEquals(5 * MS, forward.median(), 1e-12);
        assertEquals(5 * MS, figures.busy().get("teacher"), 1e-12);
        assertEquals(1 * MS, figures.idle(), 1e-12);
        assertEquals(1000, figures.bytesMoved(), 1e-9);
    }

    /** Two roles at work at once are not idle twice. */
    @Test
    void idleIsWhatNoRoleFills() {
        StepClock clock = clock(2);
        clock.finished(0);
        long start = nowNs.get();
        record("teacher", Phase.TEACHER_FORWARD, start, start + 6_000_000);
        record("student", Phase.STUDENT_FORWARD, start + 2_000_000, start + 8_000_000);
        nowNs.set(start + 10_000_000);
        clock.finished(1);

        StepFigures figures = StepFigures.of(clock, log, 1, 1, 1);

        assertEquals(2 * MS, figures.idle(), 1e-12);
        assertEquals(6 * MS, figures.busy().get("student"), 1e-12);
    }

    @Test
    void aCallAcrossTheFirstEdgeCountsAsFarAsItReachesIn() {
        StepClock clock = clock(2);
        nowNs.set(5_000_000);
        clock.finished(0);
        record("student", Phase.STUDENT_APPLY, 3_000_000, 7_000_000);
        nowNs.set(15_000_000);
        clock.finished(1);

        StepFigures figures = StepFigures.of(clock, log, 1, 1, 1);

        assertEquals(2 * MS, figures.busy().get("student"), 1e-12);
        assertEquals(8 * MS, figures.idle(), 1e-12);
    }

    private StepClock clock(int steps) {
        return new StepClock(steps, nowNs::get, () -> {});
    }

    private void pass(long ms) {
        nowNs.addAndGet(ms * 1_000_000);
    }

    private void call(String role, Phase phase, long ms, long bytes) {
        log.time(
                role,
                phase,
                bytes,
                () -> {
                    pass(ms);
                    return List.of();
                });
    }

    private void record(String role, Phase phase, long fromNs, long toNs) {
        nowNs.set(fromNs);
        log.time(
                role,
                phase,
                0,
                () -> {
                    nowNs.set(toNs);
                    return null;
                });
    }
}
