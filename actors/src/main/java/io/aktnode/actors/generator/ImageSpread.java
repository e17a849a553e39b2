package io.aktnode.actors.generator;

import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.train.SyntheticBatch;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.IntStream;

/**
 * How much images differ from each other: the mean, over some positions, of the standard deviation
 * of a value over the batch, or over the images of a class. Near 0 when a generator has collapsed
 * to one image, or to one for a class.
 */
final class ImageSpread {

    /** Enough positions for a detector, few enough to cost nothing. */
    private static final int POSITIONS = 256;

    private ImageSpread() {}

    /**
     * @param images (N,height,width,channels), only read
     */
    static double of(Tensor images) {
        return of(images, IntStream.range(0, images.extent(0)).boxed().toList());
    }

    /**
     * That of the class whose images differ least: one that has collapsed is not hidden by those
     * that have not. NaN if no two images are of one class.
     */
    static double withinClasses(SyntheticBatch batch) {
        Map<Integer, List<Integer>> byClass =
                IntStream.range(0, batch.labels().length())
                        .boxed()
                        .collect(Collectors.groupingBy(batch.labels()::getInt));
        return byClass.values().stream()
                .filter(images -> images.size() > 1)
                .mapToDouble(images -> of(batch.images(), images))
                .min()
                .orElse(Double.NaN);
    }

    private static double of(Tensor images, List<Integer> group) {
        int perImage = images.length() / images.extent(0);
        int stride = Math.max(1, perImage / POSITIONS);
        double sum = 0;
        int positions = 0;
        for (int position = 0; position < perImage; position += stride) {
            sum += Math.sqrt(squares(images, group, position, perImage) / group.size());
            positions++;
        }
        return sum / positions;
    }

    /** Sum of the squared differences from the group's mean. */
    private static double squares(Tensor images, List<Integer> group, int position, int perImage) {
        double mean = 0;
        for (int image : group) {
            mean += images.get(image * perImage + position);
        }
        mean /= group.size();
        double squares = 0;
        for (int image : group) {
            double difference = images.get(image * perImage + position) - mean;
            squares += difference * difference;
        }
        return squares;
    }
}
