package io.aktnode.nn.data;

import java.util.Arrays;
import java.util.SplittableRandom;

/**
 * Random variants of an image for training a teacher: a crop shifted by up to {@code padding}
 * pixels in each direction, mirrored left to right half of the time. What the crop leaves open is
 * the mean colour (0 after normalisation).
 *
 * <p>The variant depends on the random source alone, from which each image takes exactly three
 * numbers. Any thread, each with its own random source.
 *
 * @param padding largest shift, in pixels
 * @param flip whether images may be mirrored
 */
public record Augmentation(int padding, boolean flip) {

    public Augmentation {
        if (padding < 0) {
            throw new IllegalArgumentException("padding=" + padding + " must be 0 or greater");
        }
    }

    /** The usual one for images of 32x32: shifts up to 4, mirrored. */
    public static Augmentation standard() {
        return new Augmentation(4, true);
    }

    /**
     * Writes a variant of one image as normalised floats, interleaved RGB.
     *
     * @param destination receives height·width·3 floats from {@code offset} on
     */
    public void apply(
            ImageSet images,
            int index,
            Normalization normalization,
            SplittableRandom random,
            float[] destination,
            int offset) {
        int height = images.height();
        int width = images.width();
        int down = random.nextInt(2 * padding + 1) - padding;
        int right = random.nextInt(2 * padding + 1) - padding;
        boolean mirrored = random.nextBoolean() && flip;
        float[] image = new float[height * width * 3];
        images.normalised(index, normalization, image, 0);
        Arrays.fill(destination, offset, offset + image.length, 0);
        for (int row = Math.max(0, -down); row < Math.min(height, height - down); row++) {
            for (int column = Math.max(0, -right);
                    column < Math.min(width, width - right);
                    column++) {
                int from = ((row + down) * width + column + right) * 3;
                int to = offset + (row * width + (mirrored ? width - 1 - column : column)) * 3;
                System.arraycopy(image, from, destination, to, 3);
            }
        }
    }
}
