package io.aktnode.nn.engine;

import io.aktnode.nn.kernel.ConvolutionShape;

/** One fused step of a network; its value is known by its position in the {@link NetworkPlan}. */
sealed interface PlanNode {

    /** Index of the node whose value this one reads; {@link NetworkPlan#IMAGES} for the images. */
    int input();

    int height();

    int width();

    int channels();

    /**
     * Convolution, batch norm, then optionally a residual add and a ReLU with quantizer.
     *
     * @param convolution name of the convolution's parameters
     * @param batchNorm name of the batch norm's parameters
     * @param epsilon added to the variance
     * @param skip node added before the ReLU, or {@link NetworkPlan#NONE}; the value before the add
     *     is then a residual body's output, a tap
     * @param relu name of the ReLU (and so of its quantizer) that follows, or null
     */
    record ConvolutionUnit(
            int input,
            String convolution,
            ConvolutionShape shape,
            String batchNorm,
            double epsilon,
            int skip,
            String relu)
            implements PlanNode {

        @Override
        public int height() {
            return shape.outHeight();
        }

        @Override
        public int width() {
            return shape.outWidth();
        }

        @Override
        public int channels() {
            return shape.outChannels();
        }

        boolean residual() {
            return skip != NetworkPlan.NONE;
        }
    }

    /** Mean over height and width. */
    record GlobalAveragePool(int input, int channels) implements PlanNode {

        @Override
        public int height() {
            return 1;
        }

        @Override
        public int width() {
            return 1;
        }
    }

    /**
     * {@code y = x·Wᵀ + b}.
     *
     * @param name of its parameters, weight (out,in) and bias (out)
     */
    record Dense(int input, String name, int inputs, int channels) implements PlanNode {

        @Override
        public int height() {
            return 1;
        }

        @Override
        public int width() {
            return 1;
        }
    }
}
