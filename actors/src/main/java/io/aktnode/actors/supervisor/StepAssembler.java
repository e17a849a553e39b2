package io.aktnode.actors.supervisor;

import io.aktnode.actors.run.StepMetrics;
import io.aktnode.actors.run.StudentStep;
import io.aktnode.nn.train.Schedule;
import io.aktnode.protocol.control.StepReport;
import io.aktnode.protocol.control.UpdateDecision;
import io.aktnode.protocol.frame.Role;
import io.aktnode.protocol.frame.RoleId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.IntPredicate;
import java.util.function.IntSupplier;
import java.util.function.LongSupplier;

/**
 * Joins the roles' reports of a step into its metrics, in the order of the steps. A step is
 * complete when the generator and all students have reported, or when the window has moved on. One
 * thread.
 */
final class StepAssembler {

    private static final double NS_PER_SECOND = 1e9;

    private final Schedule schedule;
    private final int window;
    private final IntSupplier seats;
    private final IntPredicate takesPart;
    private final LongSupplier nanoClock;
    private final TreeMap<Long, Map<RoleId, StepReport>> open = new TreeMap<>();
    private long newestOver = -1;
    private long lastEmitted = -1;
    private long lastNs;
    private int discarded;

    /**
     * @param seats one more than the highest id of a student
     * @param takesPart whether a report of the student with that id is to be waited for
     */
    StepAssembler(
            Schedule schedule,
            int window,
            IntSupplier seats,
            IntPredicate takesPart,
            LongSupplier nanoClock) {
        this.schedule = schedule;
        this.window = window;
        this.seats = seats;
        this.takesPart = takesPart;
        this.nanoClock = nanoClock;
        this.lastNs = nanoClock.getAsLong();
    }

    /** Takes a report in; returns the metrics of the steps that are now complete. */
    List<StepMetrics> add(StepReport report) {
        if (report.step() <= lastEmitted) {
            return List.of();
        }
        open.computeIfAbsent(report.step(), step -> new HashMap<>()).put(report.role(), report);
        if (report.role().role() == Role.GENERATOR) {
            newestOver = Math.max(newestOver, report.step());
            discarded += report.update().decision() == UpdateDecision.DISCARDED ? 1 : 0;
        }
        List<StepMetrics> complete = new ArrayList<>();
        while (!open.isEmpty() && complete(open.firstKey())) {
            complete.add(emit());
        }
        return complete;
    }

    private boolean complete(long step) {
        if (step <= newestOver - window) {
            return true;
        }
        Map<RoleId, StepReport> reports = open.get(step);
        StepReport generator = reports.get(RoleId.GENERATOR);
        if (generator == null) {
            return false;
        }
        if (generator.update().decision() == UpdateDecision.DISCARDED) {
            return true;
        }
        for (int i = 0; i < seats.getAsInt(); i++) {
            if (takesPart.test(i) && !reports.containsKey(RoleId.student(i))) {
                return false;
            }
        }
        return true;
    }

    /** Batches given up since this was last asked. */
    int takeDiscarded() {
        int count = discarded;
        discarded = 0;
        return count;
    }

    /** The metrics of all steps still open, as far as they are known. */
    List<StepMetrics> flush() {
        List<StepMetrics> rest = new ArrayList<>();
        while (!open.isEmpty()) {
            rest.add(emit());
        }
        return rest;
    }

    /** Forgets what is open: the run continues with another step. */
    void restart(long step) {
        open.clear();
        lastEmitted = step - 1;
        newestOver = step - 1;
    }

    private StepMetrics emit() {
        Map.Entry<Long, Map<RoleId, StepReport>> first = open.pollFirstEntry();
        long step = first.getKey();
        lastEmitted = step;
        StepReport generator = first.getValue().get(RoleId.GENERATOR);
        List<StudentStep> learned = new ArrayList<>();
        for (int i = 0; i < seats.getAsInt(); i++) {
            learned.add(studentStep(first.getValue().get(RoleId.student(i))));
        }
        long nowNs = nanoClock.getAsLong();
        double seconds = (nowNs - lastNs) / NS_PER_SECOND;
        lastNs = nowNs;
        return new StepMetrics(
                step,
                schedule.epochOf(step),
                schedule.calibrating(step),
                generator == null ? Map.of() : generator.losses(),
                generator == null ? Double.NaN : generator.update().norm(),
                generator == null ? Double.NaN : generator.update().ratio(),
                generator == null ? Map.of() : generator.measures(),
                measure(generator, StepReport.TEACHER_AGREEMENT),
                (int) Math.max(0, measure(generator, StepReport.STALENESS)),
                learned,
                seconds);
    }

    private static StudentStep studentStep(StepReport report) {
        return report == null
                ? StudentStep.unknown()
                : new StudentStep(
                        report.losses(),
                        report.update().norm(),
                        report.update().ratio(),
                        report.measures());
    }

    private static double measure(StepReport report, String name) {
        return report == null ? Double.NaN : report.measures().getOrDefault(name, Double.NaN);
    }
}
