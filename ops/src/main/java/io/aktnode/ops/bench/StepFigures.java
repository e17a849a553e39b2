package io.aktnode.ops.bench;

import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What the counted steps took, in seconds.
 *
 * @param step from one finished step to the next, checkpoints included; with several batches in
 *     flight the mean over as many steps, because they finish in bunches
 * @param ordinary the same without the steps in which a checkpoint was taken
 * @param checkpoint what a checkpoint adds to its step; 0 when there was none to see
 * @param phases each call that began in the counted steps
 * @param busy by role: time in its phases, per step
 * @param idle time in which no role was in a phase, per step
 * @param bytesMoved tensor bytes the roles were given by each other, per step
 */
public record StepFigures(
        Quantiles step,
        Quantiles ordinary,
        double checkpoint,
        Map<PhaseLog.Key, Quantiles> phases,
        Map<String, Double> busy,
        double idle,
        double bytesMoved) {

    private static final double NS_PER_SECOND = 1e9;

    /** Takes the figures of steps {@code first} to the last from what was logged. */
    static StepFigures of(StepClock clock, PhaseLog log, int first, int steps, int window) {
        List<Double> all = new ArrayList<>();
        List<Double> without = new ArrayList<>();
        List<Double> withCheckpoint = new ArrayList<>();
        for (int step = first; step < first + steps; step++) {
            double ns = (double) clock.finishedNs(step) - clock.finishedNs(step - window);
            double seconds = ns / NS_PER_SECOND / window;
            all.add(seconds);
            boolean checkpoint = clock.checkpointBetween(step - window, step);
            (checkpoint ? withCheckpoint : without).add(seconds);
        }
        long fromNs = clock.finishedNs(first - 1);
        long toNs = clock.finishedNs(first + steps - 1);
        Map<PhaseLog.Key, List<PhaseLog.Call>> calls = log.within(fromNs, toNs);
        return new StepFigures(
                quantiles(all),
                quantiles(without.isEmpty() ? all : without),
                checkpointSeconds(without, withCheckpoint, window),
                phases(calls, fromNs),
                busy(calls, fromNs, toNs, steps),
                idleNs(calls, fromNs, toNs) / NS_PER_SECOND / steps,
                bytes(calls, fromNs) / steps);
    }

    private static double checkpointSeconds(
            List<Double> without, List<Double> withCheckpoint, int window) {
        if (without.isEmpty() || withCheckpoint.isEmpty()) {
            return 0;
        }
        double added = quantiles(withCheckpoint).mean() - quantiles(without).median();
        return Math.max(0, added * window);
    }

    private static Quantiles quantiles(List<Double> values) {
        return Quantiles.of(values.stream().mapToDouble(Double::doubleValue).toArray());
    }

    private static Map<PhaseLog.Key, Quantiles> phases(
            Map<PhaseLog.Key, List<PhaseLog.Call>> calls, long fromNs) {
        Map<PhaseLog.Key, Quantiles> phases = new TreeMap<>();
        calls.forEach(
                (key, all) ->
                        phases.put(
                                key,
                                Quantiles.of(
                                        all.stream()
                                                .filter(call -> call.startNs() >= fromNs)
                                                .mapToDouble(call -> call.endNs() - call.startNs())
                                                .map(ns -> ns / NS_PER_SECOND)
                                                .toArray())));
        return phases;
    }

    /** Calls that reach over the edge of the span count as far as they are in it. */
    private static Map<String, Double> busy(
            Map<PhaseLog.Key, List<PhaseLog.Call>> calls, long fromNs, long toNs, int steps) {
        Map<String, Double> busy = new TreeMap<>();
        calls.forEach(
                (key, all) -> {
                    double ns = 0;
                    for (PhaseLog.Call call : all) {
                        ns += Math.min(toNs, call.endNs()) - Math.max(fromNs, call.startNs());
                    }
                    busy.merge(key.role(), ns / NS_PER_SECOND / steps, Double::sum);
                });
        return busy;
    }

    /** The span without the union of all calls. */
    private static long idleNs(
            Map<PhaseLog.Key, List<PhaseLog.Call>> calls, long fromNs, long toNs) {
        List<PhaseLog.Call> ordered =
                calls.values().stream()
                        .flatMap(List::stream)
                        .sorted(Comparator.comparingLong(PhaseLog.Call::startNs))
                        .toList();
        long idle = 0;
        long reached = fromNs;
        for (PhaseLog.Call call : ordered) {
            idle += Math.max(0, call.startNs() - reached);
            reached = Math.max(reached, call.endNs());
        }
        return idle + Math.max(0, toNs - reached);
    }

    private static double bytes(Map<PhaseLog.Key, List<PhaseLog.Call>> calls, long fromNs) {
        return calls.values().stream()
                .flatMap(List::stream)
                .filter(call -> call.startNs() >= fromNs)
                .mapToLong(PhaseLog.Call::bytes)
                .sum();
    }
}
