package io.aktnode.actors.policy;

import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Sees that a figure has left its own past for good. What it says names the figure's past, what it
 * has come to and the limit it has passed. One thread.
 */
final class Detector {

    /** How a figure is judged. */
    private enum Rule {
        /** A loss above its past, both in deviations and in multiples of its distance from zero. */
        DRIFT("%s drifted from %.4g to %.4g, limit %.4g"),
        /** Something that must not vanish. */
        SPREAD("%s fell from %.4g to %.4g, limit %.4g: images stopped varying"),
        /** The share of labels the teacher confirms, a mean of few images in each step. */
        AGREEMENT("%s fell from %.4g to %.4g, limit %.4g"),
        /** Activations relative to the ranges they are quantized in. */
        RANGE("%s grew from %.4g to %.4g times the calibrated range, limit %.4g"),
        /** The norm of a single update over that of the weights. */
        LEAP("%1$s changed the weights by %3$.3g of their norm, limit %4$.3g");

        private final String sentence;

        Rule(String sentence) {
            this.sentence = sentence;
        }
    }

    /**
     * What is wrong.
     *
     * @param earlier how many accepted steps before the last one it may have begun
     */
    record Alarm(String reason, int earlier) {}

    private final Rule rule;
    private final String figure;
    private final double most;
    private final DetectorPolicy policy;
    private final History history;

    private Detector(Rule rule, String figure, DetectorPolicy policy) {
        this(rule, figure, Double.NaN, policy);
    }

    private Detector(Rule rule, String figure, double most, DetectorPolicy policy) {
        this.rule = rule;
        this.most = most;
        this.figure = figure;
        this.policy = policy;
        this.history =
                rule == Rule.LEAP
                        ? new History(policy.reference(), policy.leapMinimum(), 1)
                        : new History(policy.reference(), policy.minimum(), policy.recent());
    }

    /**
     * @param figure for people, as are those of the others
     */
    static Detector ofDrift(String figure, DetectorPolicy policy) {
        return new Detector(Rule.DRIFT, figure, policy);
    }

    static Detector ofSpread(String figure, DetectorPolicy policy) {
        return new Detector(Rule.SPREAD, figure, policy);
    }

    static Detector ofAgreement(String figure, DetectorPolicy policy) {
        return new Detector(Rule.AGREEMENT, figure, policy);
    }

    static Detector ofRange(String figure, DetectorPolicy policy) {
        return new Detector(Rule.RANGE, figure, policy);
    }

    /**
     * @param most what it may be while its past is not known, and at all
     */
    static Detector ofLeap(String figure, double most, DetectorPolicy policy) {
        return new Detector(Rule.LEAP, figure, most, policy);
    }

    /** Takes the figure of an accepted step in; says what is wrong, if anything. */
    Optional<Alarm> observe(double value) {
        history.add(value);
        OptionalDouble limit = limit();
        if (limit.isEmpty()) {
            return Optional.empty();
        }
        double recent = rule == Rule.AGREEMENT ? history.recentMean() : history.recentMedian();
        if (!beyond(recent, limit.getAsDouble())) {
            return Optional.empty();
        }
        double past = rule == Rule.AGREEMENT ? history.referenceMean() : history.referenceMedian();
        return Optional.of(
                new Alarm(
                        String.format(
                                Locale.ROOT,
                                rule.sentence,
                                figure,
                                past,
                                recent,
                                limit.getAsDouble()),
                        earlier(limit.getAsDouble())));
    }

    private boolean beyond(double value, double limit) {
        boolean above = rule == Rule.DRIFT || rule == Rule.RANGE || rule == Rule.LEAP;
        return above ? value > limit : value < limit;
    }

    /**
     * By the time a detector is sure, it has been so for a while: a median has moved when half of
     * the values have. And it may have been so since before enough of the past was known to say so.
     */
    private int earlier(double limit) {
        if (rule == Rule.LEAP) {
            return 0;
        }
        List<Double> values = history.values();
        int count = 0;
        while (count < values.size() && beyond(values.get(values.size() - 1 - count), limit)) {
            count++;
        }
        return Math.max(policy.recent() / 2, count - 1);
    }

    /** What the recent values may come to; empty while too little is known. */
    OptionalDouble limit() {
        if (!history.ready()) {
            return rule == Rule.LEAP ? OptionalDouble.of(most) : OptionalDouble.empty();
        }
        return OptionalDouble.of(
                switch (rule) {
                    case DRIFT -> driftLimit();
                    case SPREAD -> policy.leastSpread() * history.referenceMedian();
                    case AGREEMENT -> agreementLimit();
                    case RANGE -> policy.rangeMultiple() * history.referenceMedian();
                    case LEAP -> Math.min(most, policy.leapMultiple() * history.referenceMedian());
                });
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

    /** All it remembers, oldest first. */
    List<Double> values() {
        return history.values();
    }

    /** Continues from what another one remembered. */
    void restore(List<Double> values) {
        values.forEach(history::add);
    }
}
