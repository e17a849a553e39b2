package io.aktnode.ops.experiment;

import io.aktnode.ops.config.SettingsException;
import io.aktnode.ops.config.SettingsReader;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;

/**
 * Which runs the gradient experiment consists of.
 *
 * @param bits widths, each with and without AKT
 * @param seeds each width is trained from
 * @param warmUpEpochs trained epochs left out of the figures: norms fall steeply in the first
 */
public record GradientPlan(List<Integer> bits, List<Long> seeds, int warmUpEpochs) {

    public GradientPlan {
        bits = List.copyOf(bits);
        seeds = List.copyOf(seeds);
    }

    /**
     * @throws SettingsException naming the first setting that is wrong
     */
    public static GradientPlan read(SettingsReader akt) {
        List<Integer> bits = akt.integers("experiment.bits");
        List<Integer> seeds = akt.integers("experiment.seeds");
        if (bits.isEmpty() || bits.stream().anyMatch(width -> width < 2 || width > 8)) {
            throw akt.wrong("experiment.bits", "at least one width from 2 to 8", null);
        }
        if (new HashSet<>(bits).size() < bits.size()) {
            throw akt.wrong("experiment.bits", "each width once", null);
        }
        if (seeds.isEmpty() || new HashSet<>(seeds).size() < seeds.size()) {
            throw akt.wrong("experiment.seeds", "at least one seed, each once", null);
        }
        return new GradientPlan(
                bits,
                seeds.stream().map(Integer::longValue).toList(),
                akt.integer("experiment.warm-up-epochs", 0, 100_000));
    }

    /** All runs; those of one seed together, so that an early end leaves whole comparisons. */
    public List<GradientCell> cells() {
        List<GradientCell> cells = new ArrayList<>();
        for (long seed : seeds) {
            for (int width : bits) {
                cells.add(new GradientCell(width, false, seed));
                cells.add(new GradientCell(width, true, seed));
            }
        }
        return cells;
    }
}
