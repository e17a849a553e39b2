package io.aktnode.fuzz;

import java.util.HexFormat;
import java.util.List;
import java.util.stream.Collectors;
import net.jqwik.api.Arbitraries;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.Combinators;
import net.jqwik.api.RandomDistribution;

/**
 * A sample and how it was damaged.
 *
 * @param sample which of the samples
 * @param fit whether checksums are made to fit afterwards, where the format has any: otherwise
 *     nothing behind them would ever be reached
 */
public record Input(int sample, List<Mutation> mutations, boolean fit, byte[] bytes) {

    /**
     * Inputs made from valid samples.
     *
     * @param words pieces that mean something in the format
     * @param most mutations of one input
     */
    public static Arbitrary<Input> from(List<byte[]> samples, List<byte[]> words, int most) {
        return Combinators.combine(
                        Arbitraries.integers()
                                .between(0, samples.size() - 1)
                                .withDistribution(RandomDistribution.uniform()),
                        damages(most),
                        Arbitraries.of(true, false))
                .as(
                        (sample, mutations, fit) -> {
                            byte[] bytes = samples.get(sample);
                            for (Mutation mutation : mutations) {
                                bytes = mutation.apply(bytes, samples, words);
                            }
                            return new Input(sample, mutations, fit, bytes);
                        });
    }

    private static Arbitrary<List<Mutation>> damages(int most) {
        return Combinators.combine(
                        Arbitraries.of(Mutation.Kind.class),
                        Arbitraries.integers()
                                .between(0, Mutation.MAX_BYTES - 1)
                                .withDistribution(RandomDistribution.uniform()),
                        Arbitraries.longs().withDistribution(RandomDistribution.uniform()))
                .as(Mutation::new)
                .list()
                .ofMaxSize(most);
    }

    @Override
    public String toString() {
        return "sample "
                + sample
                + (fit ? ", checksums fitted, " : ", ")
                + mutations.stream().map(Mutation::toString).collect(Collectors.joining(", "))
                + " -> "
                + bytes.length
                + " bytes "
                + HexFormat.of().formatHex(bytes, 0, Math.min(bytes.length, 4096));
    }
}
