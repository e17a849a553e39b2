package io.aktnode.ops.job;

import io.aktnode.nn.data.ImageSet;
import io.aktnode.nn.data.Normalization;
import java.util.List;
import java.util.function.IntPredicate;
import java.util.stream.IntStream;

/** Parts and statistics of an image set. */
final class ImageSubsets {

    private ImageSubsets() {}

    /** The images whose index is chosen, copied. */
    static ImageSet where(ImageSet images, IntPredicate chosen) {
        int[] indices = IntStream.range(0, images.size()).filter(chosen).toArray();
        int height = images.height();
        int width = images.width();
        byte[] pixels = new byte[indices.length * height * width * 3];
        int[] labels = new int[indices.length];
        int next = 0;
        for (int i = 0; i < indices.length; i++) {
            labels[i] = images.label(indices[i]);
            for (int row = 0; row < height; row++) {
                for (int column = 0; column < width; column++) {
                    for (int channel = 0; channel < 3; channel++) {
                        pixels[next++] = (byte) images.pixel(indices[i], row, column, channel);
                    }
                }
            }
        }
        return new ImageSet(images.classNames(), height, width, pixels, labels);
    }

    /** Mean and standard deviation of each channel, to four digits. */
    static Normalization statistics(ImageSet images) {
        double[] sum = new double[3];
        double[] squares = new double[3];
        long count = (long) images.size() * images.height() * images.width();
        for (int i = 0; i < images.size(); i++) {
            for (int row = 0; row < images.height(); row++) {
                for (int column = 0; column < images.width(); column++) {
                    for (int channel = 0; channel < 3; channel++) {
                        double value = images.pixel(i, row, column, channel) / 255.0;
                        sum[channel] += value;
                        squares[channel] += value * value;
                    }
                }
            }
        }
        return new Normalization(
                eachChannel(channel -> sum[channel] / count),
                eachChannel(
                        channel -> {
                            double mean = sum[channel] / count;
                            return Math.sqrt(
                                    Math.max(squares[channel] / count - mean * mean, 1e-4));
                        }));
    }

    private static List<Double> eachChannel(java.util.function.IntToDoubleFunction value) {
        return IntStream.range(0, 3)
                .mapToObj(channel -> Math.round(value.applyAsDouble(channel) * 1e4) / 1e4)
                .toList();
    }
}
