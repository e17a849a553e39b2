package io.aktnode.nn.kernel;

/**
 * The 3×3 neighbourhood of every pixel as a row of a matrix, so that a convolution with few
 * channels on one side becomes a matrix product; oneDNN's own gradient of such a convolution takes
 * several times as long.
 */
public final class ImagePatches {

    private static final int TAPS = 3;

    private ImagePatches() {}

    /** Columns of the matrix. */
    public static int columns(int channels) {
        return TAPS * TAPS * channels;
    }

    /**
     * {@code patches[(n,y,x)][(r,q,c)] = images[n][y+r-1][x+q-1][c]}, zero outside the image.
     *
     * @param images (N,H,W,C)
     * @param patches (N·H·W, 9·C), overwritten
     */
    public static void gather(Tensor images, Tensor patches) {
        int height = images.extent(1);
        int width = images.extent(2);
        int channels = images.extent(3);
        int run = TAPS * channels;
        int line = width * channels;
        int target = 0;
        for (int n = 0; n < images.extent(0); n++) {
            for (int y = 0; y < height; y++) {
                for (int x = 0; x < width; x++) {
                    for (int r = 0; r < TAPS; r++) {
                        int row = y + r - 1;
                        boolean outside = row < 0 || row >= height;
                        int start = (n * height + row) * line + (x - 1) * channels;
                        int from = outside ? run : x == 0 ? channels : 0;
                        int to = outside ? run : x == width - 1 ? run - channels : run;
                        copy(images, start, patches, target, from, to, run);
                        target += run;
                    }
                }
            }
        }
    }

    private static void copy(
            Tensor images, int start, Tensor patches, int target, int from, int to, int run) {
        for (int i = 0; i < from; i++) {
            patches.set(target + i, 0);
        }
        for (int i = from; i < to; i++) {
            patches.set(target + i, images.get(start + i));
        }
        for (int i = to; i < run; i++) {
            patches.set(target + i, 0);
        }
    }

    /**
     * Weights as the matrix whose product with the output gradient's patches is the input gradient:
     * {@code matrix[(r,q,o)][i] = weights[o][i][2-r][2-q]}.
     *
     * @param weights (out,in,3,3)
     * @param matrix (9·out,in), overwritten
     */
    public static void turn(Tensor weights, Tensor matrix) {
        forEach(weights, matrix, (w, m) -> matrix.set(m, weights.get(w)));
    }

    /**
     * The inverse of {@link #turn}; the matrix is the output gradient's patches, transposed, times
     * the input, and the weights their gradient.
     */
    public static void turnBack(Tensor matrix, Tensor weights) {
        forEach(weights, matrix, (w, m) -> weights.set(w, matrix.get(m)));
    }

    @FunctionalInterface
    private interface Move {
        void run(int weight, int element);
    }

    private static void forEach(Tensor weights, Tensor matrix, Move move) {
        int out = weights.extent(0);
        int in = weights.extent(1);
        matrix.require("turned weights", columns(out), in);
        for (int o = 0; o < out; o++) {
            for (int i = 0; i < in; i++) {
                for (int k = 0; k < TAPS * TAPS; k++) {
                    int tap = TAPS * TAPS - 1 - k;
                    move.run((o * in + i) * TAPS * TAPS + k, (tap * out + o) * in + i);
                }
            }
        }
    }
}
