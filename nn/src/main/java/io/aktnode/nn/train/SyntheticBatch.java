package io.aktnode.nn.train;

import io.aktnode.nn.kernel.Tensor;

/**
 * Images a generator drew and the labels it drew them for.
 *
 * @param images (N,height,width,channels), normalised as the teacher expects
 * @param labels (N) int32
 */
public record SyntheticBatch(Tensor images, Tensor labels) {}
