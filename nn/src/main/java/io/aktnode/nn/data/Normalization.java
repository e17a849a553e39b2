package io.aktnode.nn.data;

import java.util.List;

/** Per-channel normalisation of RGB images: {@code (value/255 - mean) / std}. */
public record Normalization(List<Double> mean, List<Double> std) {

    public Normalization {
        if (mean.size() != 3 || std.size() != 3) {
            throw new IllegalArgumentException(
                    "mean="
                            + mean
                            + " std="
                            + std
                            + " must hold three numbers each, for R, G and B");
        }
        for (double value : std) {
            if (!(value > 0)) {
                throw new IllegalArgumentException("std=" + std + " must be greater than 0");
            }
        }
        mean = List.copyOf(mean);
        std = List.copyOf(std);
    }

    /** The statistics of CIFAR-10's training images, as most published models use them. */
    public static Normalization cifar10() {
        return new Normalization(List.of(.4914, .4822, .4465), List.of(.2023, .1994, .2010));
    }
}
