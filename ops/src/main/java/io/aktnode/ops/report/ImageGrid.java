package io.aktnode.ops.report;

import io.aktnode.nn.data.Normalization;
import io.aktnode.nn.kernel.Tensor;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Path;

/** A PNG with the first synthetic images of a batch side by side; draws no text. */
public final class ImageGrid {

    private static final int MOST_COLUMNS = 8;
    private static final int MOST_ROWS = 8;
    private static final int MAGNIFY = 2;
    private static final int GAP = 2;
    private static final int BACKGROUND = 0xFFFFFF;

    private ImageGrid() {}

    /**
     * @param images (N,height,width,3), normalised as the teacher expects; only read
     * @param normalization undone, so that colours are as the teacher would see them
     */
    public static void write(Tensor images, Normalization normalization, Path file)
            throws IOException {
        int count = Math.min(images.extent(0), MOST_COLUMNS * MOST_ROWS);
        int columns = Math.min(count, MOST_COLUMNS);
        int rows = (count + columns - 1) / columns;
        int height = images.extent(1);
        int width = images.extent(2);
        BufferedImage grid =
                new BufferedImage(
                        columns * (width * MAGNIFY + GAP) - GAP,
                        rows * (height * MAGNIFY + GAP) - GAP,
                        BufferedImage.TYPE_INT_RGB);
        for (int y = 0; y < grid.getHeight(); y++) {
            for (int x = 0; x < grid.getWidth(); x++) {
                int column = x / (width * MAGNIFY + GAP);
                int row = y / (height * MAGNIFY + GAP);
                int imageX = x % (width * MAGNIFY + GAP) / MAGNIFY;
                int imageY = y % (height * MAGNIFY + GAP) / MAGNIFY;
                int image = row * columns + column;
                boolean inside = imageX < width && imageY < height && image < count;
                int pixel = ((image * height + imageY) * width + imageX) * 3;
                grid.setRGB(x, y, inside ? colour(images, pixel, normalization) : BACKGROUND);
            }
        }
        Plots.writePng(grid, file);
    }

    private static int colour(Tensor images, int index, Normalization normalization) {
        int rgb = 0;
        for (int channel = 0; channel < 3; channel++) {
            double value =
                    images.get(index + channel) * normalization.std().get(channel)
                            + normalization.mean().get(channel);
            rgb = rgb << 8 | (int) Math.max(0, Math.min(255, Math.round(value * 255)));
        }
        return rgb;
    }
}
