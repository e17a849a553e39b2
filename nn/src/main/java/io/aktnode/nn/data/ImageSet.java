package io.aktnode.nn.data;

import java.util.List;

/**
 * Labelled RGB images of one size, in memory, for evaluating (and for training a teacher); never
 * seen by quantization. Immutable, any thread.
 */
public final class ImageSet {

    private final List<String> classNames;
    private final int height;
    private final int width;
    private final byte[] pixels;
    private final int[] labels;

    /**
     * @param classNames name of each class, by label
     * @param pixels count × height × width × 3 bytes, interleaved RGB; not copied
     * @param labels count labels; not copied
     */
    public ImageSet(List<String> classNames, int height, int width, byte[] pixels, int[] labels) {
        if (pixels.length != (long) labels.length * height * width * 3) {
            throw new IllegalArgumentException(
                    labels.length
                            + " images of "
                            + height
                            + "x"
                            + width
                            + " need "
                            + (long) labels.length * height * width * 3
                            + " bytes, got "
                            + pixels.length);
        }
        for (int i = 0; i < labels.length; i++) {
            if (labels[i] < 0 || labels[i] >= classNames.size()) {
                throw new IllegalArgumentException(
                        "label "
                                + labels[i]
                                + " of image "
                                + i
                                + " is outside 0.."
                                + (classNames.size() - 1));
            }
        }
        this.classNames = List.copyOf(classNames);
        this.height = height;
        this.width = width;
        this.pixels = pixels;
        this.labels = labels;
    }

    public int size() {
        return labels.length;
    }

    public int height() {
        return height;
    }

    public int width() {
        return width;
    }

    public List<String> classNames() {
        return classNames;
    }

    public int label(int index) {
        return labels[index];
    }

    /**
     * Writes one image as normalised floats, interleaved RGB.
     *
     * @param destination receives height·width·3 floats from {@code offset} on
     */
    public void normalised(
            int index, Normalization normalization, float[] destination, int offset) {
        int base = index * height * width * 3;
        for (int channel = 0; channel < 3; channel++) {
            float mean = normalization.mean().get(channel).floatValue();
            float std = normalization.std().get(channel).floatValue();
            for (int p = channel; p < height * width * 3; p += 3) {
                destination[offset + p] = ((pixels[base + p] & 0xFF) / 255f - mean) / std;
            }
        }
    }

    /** Writes {@code count} images from {@code first} on, as {@link #normalised} does. */
    public void normalised(
            int first, int count, Normalization normalization, float[] destination, int offset) {
        for (int i = 0; i < count; i++) {
            normalised(first + i, normalization, destination, offset + i * height * width * 3);
        }
    }

    /** The images at these positions, in this order; positions may repeat. */
    public ImageSet subset(int... positions) {
        int bytes = height * width * 3;
        byte[] chosen = new byte[Math.multiplyExact(positions.length, bytes)];
        int[] chosenLabels = new int[positions.length];
        for (int i = 0; i < positions.length; i++) {
            System.arraycopy(pixels, positions[i] * bytes, chosen, i * bytes, bytes);
            chosenLabels[i] = labels[positions[i]];
        }
        return new ImageSet(classNames, height, width, chosen, chosenLabels);
    }

    /** One byte of an image: {@code channel} 0 red, 1 green, 2 blue; 0 to 255. */
    public int pixel(int index, int row, int column, int channel) {
        return pixels[((index * height + row) * width + column) * 3 + channel] & 0xFF;
    }
}
