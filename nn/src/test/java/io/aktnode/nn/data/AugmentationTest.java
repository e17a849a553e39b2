package io.aktnode.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;

class AugmentationTest {

    private static final Normalization PLAIN =
            new Normalization(List.of(0.0, 0.0, 0.0), List.of(1.0, 1.0, 1.0));

    @Test
    void shiftsAndMirrorsWholePixelsAndFillsWithZero() {
        int side = 8;
        ImageSet images = numbered(side);
        SplittableRandom random = new SplittableRandom(5);
        Set<String> variants = new HashSet<>();
        for (int trial = 0; trial < 500; trial++) {
            float[] variant = new float[side * side * 3];
            new Augmentation(2, true).apply(images, 0, PLAIN, random, variant, 0);
            variants.add(matchingVariant(variant, side));
        }
        // 5 x 5 shifts, each mirrored or not.
        assertEquals(50, variants.size());
    }

    @Test
    void leavesTheImageAloneWithoutShiftAndFlip() {
        ImageSet images = numbered(8);
        float[] plain = new float[8 * 8 * 3];
        images.normalised(0, Normalization.cifar10(), plain, 0);
        float[] variant = new float[8 * 8 * 3];

        new Augmentation(0, false)
                .apply(images, 0, Normalization.cifar10(), new SplittableRandom(1), variant, 0);

        assertArrayEquals(plain, variant);
    }

    @Test
    void writesOnlyItsOwnPartAndTheSameForTheSameSeed() {
        ImageSet images = numbered(8);
        float[] first = new float[8 * 8 * 3 + 2];
        first[0] = first[first.length - 1] = -1;
        float[] second = first.clone();

        Augmentation.standard().apply(images, 0, PLAIN, new SplittableRandom(9), first, 1);
        Augmentation.standard().apply(images, 0, PLAIN, new SplittableRandom(9), second, 1);

        assertArrayEquals(first, second);
        assertEquals(-1, first[0]);
        assertEquals(-1, first[first.length - 1]);
    }

    /** Which shift and mirroring gave this variant, found by comparing every pixel. */
    private static String matchingVariant(float[] variant, int side) {
        String found = null;
        for (int down = -2; down <= 2; down++) {
            for (int right = -2; right <= 2; right++) {
                for (boolean mirrored : new boolean[] {false, true}) {
                    if (matches(variant, side, down, right, mirrored)) {
                        found = down + " " + right + " " + mirrored;
                    }
                }
            }
        }
        assertTrue(found != null, "no shift explains the variant");
        return found;
    }

    private static boolean matches(
            float[] variant, int side, int down, int right, boolean mirrored) {
        for (int row = 0; row < side; row++) {
            for (int column = 0; column < side; column++) {
                int fromRow = row + down;
                int fromColumn = (mirrored ? side - 1 - column : column) + right;
                boolean inside =
                        fromRow >= 0 && fromRow < side && fromColumn >= 0 && fromColumn < side;
                float expected = inside ? (1 + fromRow * side + fromColumn) / 255f : 0;
                if (variant[(row * side + column) * 3] != expected) {
                    return false;
                }
            }
        }
        return true;
    }

    /** One image whose pixels are all different. */
    private static ImageSet numbered(int side) {
        byte[] pixels = new byte[side * side * 3];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (1 + i / 3);
        }
        return new ImageSet(List.of("x"), side, side, pixels, new int[1]);
    }
}
