package io.aktnode.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class QuantilesTest {

    @Test
    void medianOfAnOddNumberIsTheMiddleOne() {
        assertEquals(3, Quantiles.of(9, 1, 3).median());
    }

    @Test
    void medianOfAnEvenNumberIsBetweenTheTwoInTheMiddle() {
        assertEquals(2.5, Quantiles.of(4, 1, 2, 3).median());
    }

    /** By definition: no less than 95 of 100, 19 of 20, and the only one of one. */
    @Test
    void ninetyFifthPercentileIsTheNearestRank() {
        assertEquals(95, upTo(100).p95());
        assertEquals(19, upTo(20).p95());
        assertEquals(20, upTo(21).p95());
        assertEquals(1, upTo(1).p95());
        assertEquals(99, upTo(100).p99());
    }

    @Test
    void meanAndCountAreOfAllValues() {
        Quantiles quantiles = Quantiles.of(1, 2, 6);

        assertEquals(3, quantiles.mean());
        assertEquals(3, quantiles.count());
    }

    @Test
    void aSampleWithoutValuesHasNoMedian() {
        assertTrue(Double.isNaN(Quantiles.of().median()));
        assertEquals(0, Quantiles.of().count());
    }

    @Test
    void theSampleIsLeftAsItIs() {
        double[] values = {3, 1, 2};

        Quantiles.of(values);

        assertEquals(3, values[0]);
    }

    private static Quantiles upTo(int count) {
        return Quantiles.of(IntStream.rangeClosed(1, count).mapToDouble(i -> i).toArray());
    }
}
