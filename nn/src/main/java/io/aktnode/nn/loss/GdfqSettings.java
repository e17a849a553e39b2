package io.aktnode.nn.loss;

import io.aktnode.nn.train.Checks;

/**
 * Hyper-parameters of GDFQ: generator {@code CE(t,y) + w·BNS}, student {@code CE(s,y) +
 * αT²·KL(softmax(t/T) ‖ softmax(s/T))}.
 *
 * @param bnStatisticsWeight w
 * @param distillationWeight α
 * @param temperature T
 */
public record GdfqSettings(
        double bnStatisticsWeight, double distillationWeight, double temperature) {

    public GdfqSettings {
        Checks.notNegative("gdfq bn-statistics-weight", bnStatisticsWeight);
        Checks.notNegative("gdfq distillation-weight", distillationWeight);
        Checks.positive("gdfq temperature", temperature);
    }

    /** The published values: 0.1, 1, 20. */
    public static GdfqSettings defaults() {
        return new GdfqSettings(0.1, 1, 20);
    }
}
