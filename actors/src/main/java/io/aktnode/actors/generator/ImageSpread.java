package io.aktnode.actors.generator;

import io.aktnode.nn.kernel.Tensor;

/**
 * How much images differ from each other: the mean, over some positions, of the standard deviation
 * of a value over the batch. Near 0 when a generator has collapsed to one image.
 */
final class ImageSpread {

    /** Enough positions for a detector, few enough to cost nothing. */
    private static final int POSITIONS = 256;

    private ImageSpread() {}

    /**
     * @param images (N,height,width,channels), only read
     */
    static double of(Tensor images) {
        int count = images.extent(0);
        int perImage = images.length() / count;
        int stride = Math.max(1, perImage / POSITIONS);
        double sum = 0;
        int positions = 0;
        for (int position = 0; position < perImage; position += stride) {
            sum += deviation(images, position, perImage, count);
            positions++;
        }
        return sum / positions;
    }

    private static double deviation(Tensor images, int position, int perImage, int count) {
        double mean = 0;
        for (int i = 0; i < count; i++) {
            mean += images.get(i * perImage + position);
        }
        mean /= count;
        double squares = 0;
        for (int i = 0; i < count; i++) {
            double difference = images.get(i * perImage + position) - mean;
            squares += difference * difference;
        }
        return Math.sqrt(squares / count);
    }
}
