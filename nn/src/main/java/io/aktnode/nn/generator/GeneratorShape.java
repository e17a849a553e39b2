package io.aktnode.nn.generator;

/**
 * Extents of a generator.
 *
 * @param classes labels it can be asked for
 * @param latent length of the noise vector
 * @param size height and width of its images, a multiple of 4
 * @param channels of its images
 */
public record GeneratorShape(int classes, int latent, int size, int channels) {

    /** Channels up to the second convolution. */
    static final int WIDE = 128;

    /** Channels between the second and the third convolution. */
    static final int NARROW = 64;

    public GeneratorShape {
        if (classes < 1 || latent < 1 || channels < 1) {
            throw new IllegalArgumentException(
                    "generator classes="
                            + classes
                            + ", latent="
                            + latent
                            + ", channels="
                            + channels
                            + " must all be 1 or more");
        }
        if (size < 4 || size % 4 != 0) {
            throw new IllegalArgumentException(
                    "generator size="
                            + size
                            + " must be a multiple of 4; images are upsampled"
                            + " twice");
        }
    }

    /** Height and width of the dense layer's output. */
    int start() {
        return size / 4;
    }

    /** Outputs of the dense layer. */
    int denseOutputs() {
        return WIDE * start() * start();
    }

    /**
     * Multiply-adds of a forward pass for one image. A 3×3 convolution behind an upsampling counts
     * as what it takes, four 2×2 ones on the small image.
     */
    public long multiplyAdds() {
        long pixels = (long) size * size;
        long dense = (long) denseOutputs() * latent;
        long first = pixels / 4 * 4 * WIDE * WIDE;
        long second = pixels * 4 * WIDE * NARROW;
        long third = pixels * 9 * NARROW * channels;
        return dense + first + second + third;
    }

    int[] images(int count) {
        return new int[] {count, size, size, channels};
    }
}
