package io.aktnode.nn.kernel;

/**
 * Images of twice the extent, held as the four phases a sub-pixel convolution computes.
 *
 * <p>A 3×3 convolution (padding 1) over an image upsampled ×2 by nearest neighbours reads, for each
 * of the four pixels that share a source pixel, only 2×2 source pixels. One 2×2 convolution with
 * padding 1 and four times the output channels gives all of them: pixel {@code (2i+a, 2j+b)},
 * channel {@code c} of the (N,2h,2w,C) image is element {@code (i+a, j+b, (2a+b)·C + c)} of the
 * (N,h+1,w+1,4C) phases. A phase has one row and one column that belong to no pixel.
 *
 * @param images N
 * @param height h, of the source
 * @param width w, of the source
 * @param channels C, of the result
 */
public record PhaseShape(int images, int height, int width, int channels) {

    /** Shape of the phases. */
    public int[] phases() {
        return new int[] {images, height + 1, width + 1, 4 * channels};
    }

    /** Shape of the image they stand for. */
    public int[] image() {
        return new int[] {images, 2 * height, 2 * width, channels};
    }

    /** Pixels of all images together. */
    public int pixels() {
        return images * 4 * height * width;
    }

    /** Index in the phases of channel 0 of the first pixel (column 0) of image row {@code y}. */
    int phaseRow(int image, int y) {
        int a = y & 1;
        return ((image * (height + 1) + (y >> 1) + a) * (width + 1) * 4 + 2 * a) * channels;
    }

    /** Steps in the phases from an even pixel to the odd one on its right. */
    int toOdd() {
        return 5 * channels;
    }

    /** Steps in the phases from an even pixel to the next even one. */
    int toEven() {
        return 4 * channels;
    }

    /** Index in the image of channel 0 of the first pixel of row {@code y}. */
    int imageRow(int image, int y) {
        return (image * 2 * height + y) * 2 * width * channels;
    }
}
