package io.aktnode.nn.generator;

/**
 * SplitMix64: random numbers that depend on the key alone, the same on every JVM and machine.
 *
 * <p>The JDK's generators may change how they draw normal numbers between releases.
 */
final class RandomStream {

    private static final long GAMMA = 0x9E3779B97F4A7C15L;
    private static final double UNIT = 0x1.0p-53;

    private long state;
    private double spare = Double.NaN;

    /** Streams of different keys are independent. */
    RandomStream(long... key) {
        for (long word : key) {
            state = mix((state ^ word) + GAMMA);
        }
    }

    private static long mix(long value) {
        long z = (value ^ (value >>> 30)) * 0xBF58476D1CE4E5B9L;
        z = (z ^ (z >>> 27)) * 0x94D049BB133111EBL;
        return z ^ (z >>> 31);
    }

    private long next() {
        state += GAMMA;
        return mix(state);
    }

    /** Uniform in [0,1). */
    double uniform() {
        return (next() >>> 11) * UNIT;
    }

    /** Uniform in [0,bound). */
    int below(int bound) {
        return (int) (((next() >>> 32) * bound) >>> 32);
    }

    /** Normal with mean 0 and variance 1, by the polar method. */
    double normal() {
        if (!Double.isNaN(spare)) {
            double value = spare;
            spare = Double.NaN;
            return value;
        }
        while (true) {
            double x = 2 * uniform() - 1;
            double y = 2 * uniform() - 1;
            double square = x * x + y * y;
            if (square < 1 && square > 0) {
                double factor = Math.sqrt(-2 * StrictMath.log(square) / square);
                spare = y * factor;
                return x * factor;
            }
        }
    }
}
