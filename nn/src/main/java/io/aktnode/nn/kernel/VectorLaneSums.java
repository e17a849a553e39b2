package io.aktnode.nn.kernel;

import jdk.incubator.vector.DoubleVector;
import jdk.incubator.vector.FloatVector;
import jdk.incubator.vector.VectorShuffle;
import jdk.incubator.vector.VectorSpecies;

/**
 * Sums of a vector's lanes in a fixed order: neighbours first, then pairs, and so on. {@code
 * reduceLanes(ADD)} leaves the order open, and interpreted and compiled code take different ones:
 * the same seed would give other bits in a process that has just been started.
 */
final class VectorLaneSums {

    private static final VectorSpecies<Float> FLOATS = FloatVector.SPECIES_PREFERRED;
    private static final VectorSpecies<Double> DOUBLES = DoubleVector.SPECIES_PREFERRED;

    // One constant for each: the compiler does not look into arrays.
    private static final VectorShuffle<Float> FLOAT_1 = partners(FLOATS, 1);
    private static final VectorShuffle<Float> FLOAT_2 = partners(FLOATS, 2);
    private static final VectorShuffle<Float> FLOAT_4 = partners(FLOATS, 4);
    private static final VectorShuffle<Float> FLOAT_8 = partners(FLOATS, 8);
    private static final VectorShuffle<Double> DOUBLE_1 = partners(DOUBLES, 1);
    private static final VectorShuffle<Double> DOUBLE_2 = partners(DOUBLES, 2);
    private static final VectorShuffle<Double> DOUBLE_4 = partners(DOUBLES, 4);

    private VectorLaneSums() {}

    private static <E> VectorShuffle<E> partners(VectorSpecies<E> species, int distance) {
        return VectorShuffle.fromOp(species, lane -> (lane ^ distance) % species.length());
    }

    static float of(FloatVector vector) {
        FloatVector sum = vector;
        if (FLOATS.length() > 1) {
            sum = sum.add(sum.rearrange(FLOAT_1));
        }
        if (FLOATS.length() > 2) {
            sum = sum.add(sum.rearrange(FLOAT_2));
        }
        if (FLOATS.length() > 4) {
            sum = sum.add(sum.rearrange(FLOAT_4));
        }
        if (FLOATS.length() > 8) {
            sum = sum.add(sum.rearrange(FLOAT_8));
        }
        return sum.lane(0);
    }

    static double of(DoubleVector vector) {
        DoubleVector sum = vector;
        if (DOUBLES.length() > 1) {
            sum = sum.add(sum.rearrange(DOUBLE_1));
        }
        if (DOUBLES.length() > 2) {
            sum = sum.add(sum.rearrange(DOUBLE_2));
        }
        if (DOUBLES.length() > 4) {
            sum = sum.add(sum.rearrange(DOUBLE_4));
        }
        return sum.lane(0);
    }
}
