package io.aktnode.actors.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.train.SyntheticBatch;
import org.junit.jupiter.api.Test;

class ImageSpreadTest {

    private static SyntheticBatch batch(int[] labels, float... firstPixels) {
        Tensor images = Tensor.allocate(labels.length, 1, 1, 2);
        Tensor classes = Tensor.allocateInts(labels.length);
        for (int i = 0; i < labels.length; i++) {
            images.set(2 * i, firstPixels[i]);
            classes.setInt(i, labels[i]);
        }
        return new SyntheticBatch(images, classes);
    }

    @Test
    void isTheMeanDeviationOfAPixelOverTheBatch() {
        SyntheticBatch batch = batch(new int[] {0, 1, 0, 1}, 1, 3, 1, 3);

        // The second pixel never varies.
        assertEquals((1.0 + 0) / 2, ImageSpread.of(batch.images()));
    }

    @Test
    void vanishesWithinClassesThatHaveOneImageEach() {
        assertEquals(0, ImageSpread.withinClasses(batch(new int[] {0, 1, 0, 1}, 1, 3, 1, 3)));
        assertEquals(0.5, ImageSpread.withinClasses(batch(new int[] {0, 1, 0, 1}, 1, 3, 3, 5)));
    }

    @Test
    void isThatOfTheClassThatVariesLeast() {
        int[] labels = {0, 0, 0, 1, 1, 2, 2};
        assertEquals(0, ImageSpread.withinClasses(batch(labels, 1, 5, 9, 4, 4, 2, 8)));
        assertEquals(0.25, ImageSpread.withinClasses(batch(labels, 1, 5, 9, 4, 5, 2, 8)));
    }

    @Test
    void leavesOutClassesOfASingleImageAndIsNoNumberWithoutAny() {
        assertEquals(0.5, ImageSpread.withinClasses(batch(new int[] {0, 0, 7}, 1, 3, 99)));
        assertTrue(Double.isNaN(ImageSpread.withinClasses(batch(new int[] {0, 1, 2}, 1, 2, 3))));
    }
}
