package io.aktnode.nn.loss;

import io.aktnode.nn.train.Checks;

/**
 * Hyper-parameters of AdaDFQ: generator {@code margin + β(α_ds·CE(t-s,y) + α_as·CE(t+s,y)) +
 * γ·BNS}, student {@code -T²·mean entropy(softmax((t-s)/T))}.
 *
 * @param disagreementWeight α_ds
 * @param agreementWeight α_as
 * @param lowerMargin λ_l: normalised entropies below it are penalised
 * @param upperMargin λ_u: normalised entropies above it are penalised
 * @param balanceWeight β
 * @param bnStatisticsWeight γ
 * @param temperature T, of the student's loss
 */
public record AdaDfqSettings(
        double disagreementWeight,
        double agreementWeight,
        double lowerMargin,
        double upperMargin,
        double balanceWeight,
        double bnStatisticsWeight,
        double temperature) {

    public AdaDfqSettings {
        Checks.notNegative("adadfq disagreement-weight", disagreementWeight);
        Checks.notNegative("adadfq agreement-weight", agreementWeight);
        Checks.notNegative("adadfq balance-weight", balanceWeight);
        Checks.notNegative("adadfq bn-statistics-weight", bnStatisticsWeight);
        Checks.positive("adadfq temperature", temperature);
        if (!(lowerMargin >= 0 && lowerMargin <= upperMargin && upperMargin <= 1)) {
            throw new IllegalArgumentException(
                    "adadfq lower-margin="
                            + lowerMargin
                            + " and upper-margin="
                            + upperMargin
                            + " must be ordered and between 0 and 1");
        }
    }

    /** The published values: .2, .1, .1, .8, 1, 1, 20. */
    public static AdaDfqSettings defaults() {
        return new AdaDfqSettings(0.2, 0.1, 0.1, 0.8, 1, 1, 20);
    }
}
