package io.aktnode.nn.kernel;

/**
 * Geometry of a square two-dimensional convolution over (N,height,width,inChannels) images.
 *
 * @param inChannels channels of the input
 * @param outChannels channels of the output
 * @param kernel extent of the square kernel
 * @param stride step in both directions
 * @param padding zeros on each side
 * @param height of the input
 * @param width of the input
 */
public record ConvolutionShape(
        int inChannels,
        int outChannels,
        int kernel,
        int stride,
        int padding,
        int height,
        int width) {

    public ConvolutionShape {
        if (inChannels < 1 || outChannels < 1 || kernel < 1 || stride < 1 || padding < 0) {
            throw new IllegalArgumentException(
                    "convolution "
                            + inChannels
                            + "->"
                            + outChannels
                            + " kernel "
                            + kernel
                            + " stride "
                            + stride
                            + " padding "
                            + padding
                            + ": all must be positive, padding 0 or more");
        }
        if (height + 2 * padding < kernel || width + 2 * padding < kernel) {
            throw new IllegalArgumentException(
                    "kernel "
                            + kernel
                            + " is larger than the padded image "
                            + height
                            + "x"
                            + width);
        }
    }

    public int outHeight() {
        return (height + 2 * padding - kernel) / stride + 1;
    }

    public int outWidth() {
        return (width + 2 * padding - kernel) / stride + 1;
    }

    /** Shape of the weights: (out,in,kernel,kernel), as PyTorch stores them. */
    public int[] weightShape() {
        return new int[] {outChannels, inChannels, kernel, kernel};
    }

    /** Multiply-adds of a forward pass over one image. */
    public long multiplyAdds() {
        return (long) outHeight() * outWidth() * outChannels * inChannels * kernel * kernel;
    }

    long[] arguments() {
        long explicitPadding = 0;
        long channelsLast = 1;
        long outInKernel = 1;
        return new long[] {
            kernel,
            kernel,
            stride,
            stride,
            padding,
            padding,
            1,
            1,
            explicitPadding,
            channelsLast,
            outInKernel
        };
    }
}
