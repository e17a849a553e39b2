package io.aktnode.actors.policy;

import java.util.Locale;
import java.util.Optional;

/**
 * Sees that a loss has left its own past for good: the median of the last 25 values is 20 robust
 * deviations above that of the 200 before, and more than twice as far from zero. Losses of
 * adversaries rise and fall on the way to a good student; only what is far outside counts.
 */
public final class DriftDetector {

    private static final int REFERENCE = 200;
    private static final int RECENT = 25;
    private static final double DEVIATIONS = 20;

    private final String name;
    private final History history = new History(REFERENCE, RECENT);

    /**
     * @param name of the loss, for the reason
     */
    public DriftDetector(String name) {
        this.name = name;
    }

    /** Takes the loss of a step in; says what is wrong, if anything. */
    public Optional<String> observe(double loss) {
        history.add(loss);
        if (!history.ready()) {
            return Optional.empty();
        }
        double reference = history.referenceMedian();
        double rise = history.recentMedian() - reference;
        double deviation = history.referenceDeviation();
        if (rise > DEVIATIONS * deviation && rise > Math.abs(reference)) {
            return Optional.of(
                    String.format(
                            Locale.ROOT,
                            "%s drifted from a median of %.4g (deviation %.3g) to %.4g",
                            name,
                            reference,
                            deviation,
                            history.recentMedian()));
        }
        return Optional.empty();
    }
}
