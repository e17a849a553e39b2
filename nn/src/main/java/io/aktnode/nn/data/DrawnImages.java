package io.aktnode.nn.data;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.SplittableRandom;

/**
 * The project's own image set: 32x32 colour drawings of ten kinds of figures on patterned
 * backgrounds, among clutter, partly covered, blurred and noisy. Made so that telling the figures
 * apart needs fine decisions.
 *
 * <p>The same seed gives the same bytes on every JVM, and fewer images are the beginning of more.
 */
public final class DrawnImages {

    private DrawnImages() {}

    public static int classes() {
        return Figure.values().length;
    }

    /**
     * @param count how many images, a multiple of 10; the labels are 0, 1, … 9, 0, 1, …
     */
    public static ImageSet draw(int count, long seed) {
        Figure[] figures = Figure.values();
        if (count < figures.length || count % figures.length != 0) {
            throw new IllegalArgumentException(
                    "count=" + count + " must be a positive multiple of " + figures.length);
        }
        int imageBytes = Canvas.SIDE * Canvas.SIDE * 3;
        byte[] pixels = new byte[Math.multiplyExact(count, imageBytes)];
        int[] labels = new int[count];
        SplittableRandom seeds = new SplittableRandom(seed);
        Drawing drawing = new Drawing();
        for (int i = 0; i < count; i++) {
            labels[i] = i % figures.length;
            DrawingRandom random = new DrawingRandom(seeds.nextLong());
            drawing.draw(figures[labels[i]], random, pixels, i * imageBytes);
        }
        return new ImageSet(classNames(), Canvas.SIDE, Canvas.SIDE, pixels, labels);
    }

    public static List<String> classNames() {
        return Arrays.stream(Figure.values())
                .map(figure -> figure.name().toLowerCase(Locale.ROOT))
                .toList();
    }
}
