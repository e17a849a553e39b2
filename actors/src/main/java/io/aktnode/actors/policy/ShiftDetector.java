package io.aktnode.actors.policy;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/** Sees that a figure's recent values, taken together, have left those before them for good. */
final class ShiftDetector implements Detector {

    /** How a figure is judged. */
    private enum Rule {
        /** A loss above its past, both in deviations and in multiples of its distance from zero. */
        DRIFT(true, "%s drifted from %.4g to %.4g, limit %.4g"),
        /** Something that must not vanish. */
        SPREAD(false, "%s fell from %.4g to %.4g, limit %.4g: images stopped varying"),
        /** The share of labels the teacher confirms, a mean of few images in each step. */
        AGREEMENT(false, "%s fell from %.4g to %.4g, limit %.4g"),
        /** Activations relative to the ranges they are quantized in. */
        RANGE(true, "%s grew from %.4g to %.4g times the calibrated range, limit %.4g");

        private final boolean above;
        private final String sentence;

        Rule(boolean above, String sentence) {
            this.above = above;
            this.sentence = sentence;
        }
    }

    private final Rule rule;
    private final String figure;
    private final DetectorPolicy policy;
    private final History history;

    private ShiftDetector(Rule rule, String figure, DetectorPolicy policy) {
        this.rule = rule;
        this.figure = figure;
        this.policy = policy;
        this.history = new History(policy.reference(), policy.minimum(), policy.recent());
    }

    /**
     * @param figure for people, as are those of the others
     */
    static Detector ofDrift(String figure, DetectorPolicy policy) {
        return new ShiftDetector(Rule.DRIFT, figure, policy);
    }

    static Detector ofSpread(String figure, DetectorPolicy policy) {
        return new ShiftDetector(Rule.SPREAD, figure, policy);
    }

    static Detector ofAgreement(String figure, DetectorPolicy policy) {
        return new ShiftDetector(Rule.AGREEMENT, figure, policy);
    }

    static Detector ofRange(String figure, DetectorPolicy policy) {
        return new ShiftDetector(Rule.RANGE, figure, policy);
    }

    @Override
    public Optional<Alarm> observe(double value) {
        history.add(value);
        if (!history.ready()) {
            return Optional.empty();
        }
        double limit = judge();
        double recent = rule == Rule.AGREEMENT ? history.recentMean() : history.recentMedian();
        if (!beyond(recent, limit)) {
            return Optional.empty();
        }
        double past = rule == Rule.AGREEMENT ? history.referenceMean() : history.referenceMedian();
        return Optional.of(
                new Alarm(
                        String.format(Locale.ROOT, rule.sentence, figure, past, recent, limit),
                        earlier(limit)));
    }

    private boolean beyond(double value, double limit) {
        return rule.above ? value > limit : value < limit;
    }

    /**
     * By the time a detector is sure, it has been so for a while: a median has moved when half of
     * the values have. And it may have been so since before enough of the past was known to say so.
     */
    private int earlier(double limit) {
        List<Double> values = history.values();
        int count = 0;
        while (count < values.size() && beyond(values.get(values.size() - 1 - count), limit)) {
            count++;
        }
        return Math.max(policy.recent() / 2, count - 1);
    }

    @Override
    public OptionalDouble limit() {
        return history.ready() ? OptionalDouble.of(judge()) : OptionalDouble.empty();
    }

    private double judge() {
        return switch (rule) {
            case DRIFT -> driftLimit();
            case SPREAD -> policy.leastSpread() * history.referenceMedian();
            case AGREEMENT -> agreementLimit();
            case RANGE -> policy.rangeMultiple() * history.referenceMedian();
        };
    }

    private double driftLimit() {
        double past = history.referenceMedian();
        return past
                + Math.max(
                        policy.driftDeviations() * history.referenceDeviation(past),
                        (policy.driftMultiple() - 1) * Math.abs(past));
    }

    private double agreementLimit() {
        double past = history.referenceMean();
        double error = history.referenceStandardDeviation() / Math.sqrt(policy.recent());
        return Math.min(
                policy.leastAgreement() * past, past - policy.agreementDeviations() * error);
    }

    @Override
    public History history() {
        return history;
    }
}
