package io.aktnode.ops.bench;

/**
 * What one case took.
 *
 * @param step seconds
 * @param memory at the end of its run
 */
record ScalingPoint(ScalingCase work, Quantiles step, ProcessMemory memory) {

    double imagesPerSecond() {
        return work.batch() / step.median();
    }
}
