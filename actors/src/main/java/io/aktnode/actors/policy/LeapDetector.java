package io.aktnode.actors.policy;

import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.function.DoubleUnaryOperator;

/**
 * Sees at once that a single value is nothing like those before it. What is that far out needs no
 * second step, and began with this one.
 */
final class LeapDetector implements Detector {

    private final String figure;
    private final String sentence;
    private final boolean above;

    /** What a value may be while its past is not known; NaN where anything may be well. */
    private final double first;

    /** The limit that follows from the past's median. */
    private final DoubleUnaryOperator later;

    private final History history;

    private LeapDetector(
            String figure,
            String sentence,
            boolean above,
            double first,
            DoubleUnaryOperator later,
            DetectorPolicy policy) {
        this.figure = figure;
        this.sentence = sentence;
        this.above = above;
        this.first = first;
        this.later = later;
        this.history = new History(policy.reference(), policy.leapMinimum(), 1);
    }

    /**
     * Of {@code ‖update‖/‖weights‖}.
     *
     * @param figure for people
     * @param most what it may be while its past is not known, and at all
     */
    static Detector ofUpdate(String figure, double most, DetectorPolicy policy) {
        return new LeapDetector(
                figure,
                "%1$s changed the weights by %3$.3g of their norm, limit %4$.3g",
                true,
                most,
                past -> Math.min(most, policy.leapMultiple() * past),
                policy);
    }

    /**
     * Of something that must not vanish.
     *
     * @param figure for people
     */
    static Detector ofVanishing(String figure, DetectorPolicy policy) {
        return new LeapDetector(
                figure,
                "%s fell from %.4g to %.4g at once, limit %.4g: images stopped varying",
                false,
                Double.NaN,
                past -> past / policy.leapMultiple(),
                policy);
    }

    @Override
    public Optional<Alarm> observe(double value) {
        history.add(value);
        OptionalDouble limit = limit();
        // What is not finite other detectors see.
        if (limit.isEmpty() || !Double.isFinite(value) || !beyond(value, limit.getAsDouble())) {
            return Optional.empty();
        }
        double past = history.referenceMedian();
        return Optional.of(
                new Alarm(
                        String.format(
                                Locale.ROOT, sentence, figure, past, value, limit.getAsDouble()),
                        0));
    }

    private boolean beyond(double value, double limit) {
        return above ? value > limit : value < limit;
    }

    @Override
    public OptionalDouble limit() {
        double limit = history.ready() ? later.applyAsDouble(history.referenceMedian()) : first;
        return Double.isNaN(limit) ? OptionalDouble.empty() : OptionalDouble.of(limit);
    }

    @Override
    public History history() {
        return history;
    }
}
