package io.aktnode.nn.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;

class RandomStreamTest {

    @Test
    void normalNumbersHaveTheMomentsOfTheDistribution() {
        RandomStream random = new RandomStream(1, 2, 3);
        int count = 200_000;
        double sum = 0;
        double squares = 0;
        double fourths = 0;
        for (int i = 0; i < count; i++) {
            double value = random.normal();
            sum += value;
            squares += value * value;
            fourths += value * value * value * value;
        }
        // Five standard errors each.
        assertEquals(0, sum / count, 5 / Math.sqrt(count));
        assertEquals(1, squares / count, 5 * Math.sqrt(2.0 / count));
        assertEquals(3, fourths / count, 5 * Math.sqrt(96.0 / count));
    }

    @Test
    void numbersBelowABoundAreUniform() {
        RandomStream random = new RandomStream(4);
        int[] counts = new int[7];
        for (int i = 0; i < 70_000; i++) {
            counts[random.below(7)]++;
        }
        for (int count : counts) {
            assertEquals(10_000, count, 500);
        }
    }

    @Test
    void everyWordOfTheKeyCounts() {
        double first = new RandomStream(1, 2, 3).uniform();

        assertEquals(first, new RandomStream(1, 2, 3).uniform());
        for (long[] key : new long[][] {{0, 2, 3}, {1, 0, 3}, {1, 2, 4}, {2, 1, 3}, {1, 2}}) {
            assertNotEquals(first, new RandomStream(key).uniform());
        }
        assertTrue(first >= 0 && first < 1, "uniform is " + first);
    }

    /** A checkpoint resumed by a newer version must go on with the same noise. */
    @Test
    void theNumbersOfAKeyNeverChange() {
        RandomStream random = new RandomStream(42, 0, 1000);

        assertEquals(979, random.below(1000));
        assertEquals(-0.47392052058384065, random.normal());
    }
}
