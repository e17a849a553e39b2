package io.aktnode.nn.data;

import java.util.SplittableRandom;

/**
 * The random numbers of one drawing. Uses only {@link SplittableRandom#nextLong}, whose values are
 * fixed by its documented algorithm, so that drawings are the same on every JVM.
 */
final class DrawingRandom {

    private final SplittableRandom source;

    DrawingRandom(long seed) {
        this.source = new SplittableRandom(seed);
    }

    long bits() {
        return source.nextLong();
    }

    /** Uniform, 0 included, 1 excluded. */
    double unit() {
        return (source.nextLong() >>> 11) * 0x1p-53;
    }

    double between(double low, double high) {
        return low + (high - low) * unit();
    }

    int below(int bound) {
        return (int) (unit() * bound);
    }

    boolean chance(double probability) {
        return unit() < probability;
    }
}
