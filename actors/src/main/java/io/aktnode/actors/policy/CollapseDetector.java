package io.aktnode.actors.policy;

import java.util.Locale;
import java.util.Optional;

/**
 * Sees that the generator has collapsed: its images stop varying, or the teacher, which used to
 * agree with the labels, no longer does. Each figure is compared with its own past only: AdaDFQ's
 * images are meant to be hard, there the teacher agrees with 12 to 15 % of the labels when all is
 * well.
 */
public final class CollapseDetector {

    private static final int REFERENCE = 200;
    private static final int RECENT = 50;
    private static final double LEAST_SPREAD = 0.1;
    private static final double AGREEMENT_LOSS = 0.4;

    private final History spread = new History(REFERENCE, RECENT);
    private final History agreement = new History(REFERENCE, RECENT);

    /**
     * Takes a step's figures in; says what is wrong, if anything.
     *
     * @param imageSpread mean standard deviation of a pixel over the batch
     * @param teacherAgreement share of images whose label is the teacher's top class
     */
    public Optional<String> observe(double imageSpread, double teacherAgreement) {
        spread.add(imageSpread);
        agreement.add(teacherAgreement);
        if (spread.ready() && spread.recentMedian() < LEAST_SPREAD * spread.referenceMedian()) {
            return Optional.of(
                    String.format(
                            Locale.ROOT,
                            "images stopped varying: a pixel's deviation over the batch fell from"
                                    + " %.4g to %.4g",
                            spread.referenceMedian(),
                            spread.recentMedian()));
        }
        if (agreement.ready()
                && agreement.recentMean() < agreement.referenceMean() - AGREEMENT_LOSS) {
            return Optional.of(
                    String.format(
                            Locale.ROOT,
                            "the teacher agreed with %.0f %% of the labels, now with %.0f %%",
                            100 * agreement.referenceMean(),
                            100 * agreement.recentMean()));
        }
        return Optional.empty();
    }
}
