package io.aktnode.actors.policy;

import io.aktnode.protocol.control.StepReport;
import io.aktnode.protocol.control.UpdateDecision;
import io.aktnode.protocol.frame.Role;
import io.aktnode.protocol.frame.RoleId;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.BiFunction;
import java.util.function.ToDoubleFunction;

/**
 * The detectors of all roles: losses that drift, a generator that collapses (its images, or those
 * of one class, stop varying, or the teacher no longer agrees with the labels as it did),
 * activations that leave their ranges, and single updates that upset the weights. Each compares a
 * figure with its own past, because healthy figures depend on the method: AdaDFQ's images are meant
 * to be hard, there the teacher agrees with 12 to 15 % of the labels when all is well. One thread.
 */
final class Detectors {

    /** A figure of a report, and what watches it. */
    private record Watch(Detector detector, ToDoubleFunction<StepReport> figure) {

        Optional<Detector.Alarm> observe(StepReport report) {
            return detector.observe(figure.applyAsDouble(report));
        }
    }

    private final DetectorPolicy policy;
    private final Map<RoleId, Map<String, Watch>> byRole = new HashMap<>();

    /** What a role that has not reported yet continues from. */
    private Map<String, List<Double>> remembered = Map.of();

    Detectors(DetectorPolicy policy) {
        this.policy = policy;
    }

    /** Learns from the report of an accepted step and says what is wrong; ignores all others. */
    List<Detector.Alarm> observe(StepReport report) {
        List<Detector.Alarm> wrong = new ArrayList<>();
        if (report.update().decision() == UpdateDecision.APPLIED) {
            byRole.computeIfAbsent(report.role(), role -> make(role, remembered))
                    .values()
                    .forEach(watch -> watch.observe(report).ifPresent(wrong::add));
        }
        return wrong;
    }

    private Map<String, Watch> make(RoleId role, Map<String, List<Double>> histories) {
        String name = HealthMonitor.name(role);
        Map<String, Watch> own = new TreeMap<>();
        watch(own, name + " loss", loss("total"), ShiftDetector::ofDrift);
        double most =
                role.role() == Role.GENERATOR
                        ? policy.largestGeneratorUpdate()
                        : policy.largestStudentUpdate();
        watch(
                own,
                name + " update",
                report -> report.update().ratio(),
                (figure, limits) -> LeapDetector.ofUpdate(figure, most, limits));
        if (role.role() == Role.GENERATOR) {
            watch(own, "BN-statistics loss", loss("bn_statistics"), ShiftDetector::ofDrift);
            watchSpread(own, "image spread", StepReport.IMAGE_SPREAD);
            watchSpread(own, "image spread within a class", StepReport.CLASS_SPREAD);
            watch(
                    own,
                    "label agreement",
                    measure(StepReport.TEACHER_AGREEMENT),
                    ShiftDetector::ofAgreement);
        } else {
            watch(own, name + " feature loss", loss("feature"), ShiftDetector::ofDrift);
            watch(
                    own,
                    name + " activations",
                    measure(StepReport.ACTIVATION_REACH),
                    ShiftDetector::ofRange);
        }
        own.forEach(
                (figure, watch) ->
                        watch.detector().restore(histories.getOrDefault(figure, List.of())));
        return own;
    }

    /** Once for all recent batches together, once for each. */
    private void watchSpread(Map<String, Watch> own, String figure, String measure) {
        watch(own, figure, measure(measure), ShiftDetector::ofSpread);
        watch(own, figure + " of one batch", measure(measure), LeapDetector::ofVanishing);
    }

    private void watch(
            Map<String, Watch> own,
            String figure,
            ToDoubleFunction<StepReport> value,
            BiFunction<String, DetectorPolicy, Detector> make) {
        own.put(figure, new Watch(make.apply(figure, policy), value));
    }

    private static ToDoubleFunction<StepReport> loss(String part) {
        return report -> report.losses().getOrDefault(part, Double.NaN);
    }

    private static ToDoubleFunction<StepReport> measure(String name) {
        return report -> report.measures().getOrDefault(name, Double.NaN);
    }

    /** The limits a role is held to, by figure; those not known yet are left out. */
    Map<String, Double> limits(RoleId role) {
        Map<String, Double> limits = new TreeMap<>();
        byRole.getOrDefault(role, Map.of())
                .forEach(
                        (figure, watch) ->
                                watch.detector()
                                        .limit()
                                        .ifPresent(limit -> limits.put(figure, limit)));
        return limits;
    }

    /** What all remember, by figure, the oldest values first. */
    Map<String, List<Double>> histories() {
        Map<String, List<Double>> histories = new TreeMap<>(remembered);
        byRole.values()
                .forEach(
                        own ->
                                own.forEach(
                                        (figure, watch) ->
                                                histories.put(figure, watch.detector().values())));
        return histories;
    }

    /** Forgets everything and continues from what was remembered once; from nothing if empty. */
    void restore(Map<String, List<Double>> histories) {
        byRole.clear();
        remembered = Map.copyOf(histories);
    }

    /** The same for one role. */
    void restore(RoleId role, Map<String, List<Double>> histories) {
        byRole.put(role, make(role, histories));
    }
}
