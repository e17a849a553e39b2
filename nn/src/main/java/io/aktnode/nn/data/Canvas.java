package io.aktnode.nn.data;

/** A small RGB picture with antialiased painting; values 0 to 255 until stored. One thread. */
final class Canvas {

    /** Signed distance in pixels, negative inside. */
    interface Outline {
        double distance(double x, double y);
    }

    /** How far a place is from the first colour (0) to the second (1). */
    interface Pattern {
        double at(double x, double y);
    }

    static final int SIDE = 32;

    private float[] pixels = new float[SIDE * SIDE * 3];
    private float[] spare = new float[SIDE * SIDE * 3];

    /** Covers everything with a mix of two colours. */
    void fill(Pattern pattern, float[] first, float[] second) {
        for (int row = 0, p = 0; row < SIDE; row++) {
            for (int column = 0; column < SIDE; column++, p += 3) {
                float t = (float) pattern.at(column, row);
                for (int channel = 0; channel < 3; channel++) {
                    pixels[p + channel] = first[channel] + t * (second[channel] - first[channel]);
                }
            }
        }
    }

    /**
     * Paints what is inside an outline, with soft edges one pixel wide.
     *
     * @param reach no part of the outline is farther than this from (x, y)
     */
    void paint(
            Outline outline,
            double x,
            double y,
            double reach,
            Pattern pattern,
            float[] first,
            float[] second) {
        int top = Math.max(0, (int) (y - reach));
        int bottom = Math.min(SIDE - 1, (int) (y + reach + 1));
        int left = Math.max(0, (int) (x - reach));
        int right = Math.min(SIDE - 1, (int) (x + reach + 1));
        for (int row = top; row <= bottom; row++) {
            for (int column = left; column <= right; column++) {
                float cover = (float) (0.5 - outline.distance(column, row));
                if (cover <= 0) {
                    continue;
                }
                cover = Math.min(1, cover);
                float t = (float) pattern.at(column, row);
                int p = (row * SIDE + column) * 3;
                for (int channel = 0; channel < 3; channel++) {
                    float colour = first[channel] + t * (second[channel] - first[channel]);
                    pixels[p + channel] += cover * (colour - pixels[p + channel]);
                }
            }
        }
    }

    /** Mixes each pixel with its eight neighbours (binomial weights), {@code amount} 0 to 1. */
    void blur(float amount) {
        int stride = SIDE * 3;
        System.arraycopy(pixels, 0, spare, 0, pixels.length);
        for (int row = 1; row < SIDE - 1; row++) {
            for (int p = row * stride + 3; p < (row + 1) * stride - 3; p++) {
                float cross =
                        pixels[p - 3] + pixels[p + 3] + pixels[p - stride] + pixels[p + stride];
                float corners =
                        pixels[p - stride - 3]
                                + pixels[p - stride + 3]
                                + pixels[p + stride - 3]
                                + pixels[p + stride + 3];
                float mean = pixels[p] * 0.25f + cross * 0.125f + corners * 0.0625f;
                spare[p] = pixels[p] + amount * (mean - pixels[p]);
            }
        }
        float[] blurred = spare;
        spare = pixels;
        pixels = blurred;
    }

    /** Adds noise of this standard deviation, roughly normal, to each value by itself. */
    void addNoise(DrawingRandom random, float deviation) {
        // The sum of four uniform 5-bit numbers has mean 62 and standard deviation 18.46.
        float scale = deviation / 18.46f;
        for (int p = 0; p < pixels.length; p += 3) {
            long bits = random.bits();
            for (int channel = 0; channel < 3; channel++) {
                long sum = (bits & 31) + (bits >> 5 & 31) + (bits >> 10 & 31) + (bits >> 15 & 31);
                pixels[p + channel] += (sum - 62) * scale;
                bits >>>= 20;
            }
        }
    }

    /** Rounds and stores the picture as interleaved bytes, brightened and stretched. */
    void store(float contrast, float brightness, byte[] destination, int offset) {
        for (int p = 0; p < pixels.length; p++) {
            float value = (pixels[p] - 128) * contrast + 128 + brightness;
            destination[offset + p] = (byte) (int) Math.max(0, Math.min(255, value + 0.5f));
        }
    }
}
