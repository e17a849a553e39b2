package io.aktnode.ops.bench;

import io.aktnode.nn.engine.Network;
import io.aktnode.nn.engine.NetworkMode;
import io.aktnode.nn.engine.NetworkSettings;
import io.aktnode.nn.generator.GeneratorShape;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.zoo.Architecture;
import java.util.Optional;

/**
 * How many floating-point operations each phase takes.
 *
 * <p>The rule: a multiply-add of a convolution or dense layer is two operations, of which the
 * smallest exact form counts, whatever is executed; all else (batch norm, quantizers, attention,
 * losses, optimizers) counts nothing. A forward pass takes as many as the layers have, a gradient
 * for the input as many again, gradients for input and weights twice as many. A convolution behind
 * an upsampling counts in its sub-pixel form, 2.25 times fewer than written out.
 *
 * @param network multiply-adds of a forward pass of teacher or student over one image
 * @param generator likewise of the generator
 */
record Arithmetic(long network, long generator) {

    private static final int FLOPS = 2;
    private static final int CHANNELS = 3;

    /** Of a classifier and the generator that draws for it. */
    static Arithmetic of(Architecture architecture, int latent) {
        NetworkSettings settings =
                new NetworkSettings(
                        architecture.size(), 1, 1, NetworkMode.INFERENCE, Optional.empty());
        try (ComputePool pool = new ComputePool(1);
                Network network = Network.compile(architecture.graph(0), settings, pool)) {
            return new Arithmetic(
                    network.multiplyAdds(),
                    new GeneratorShape(
                                    architecture.classes(), latent, architecture.size(), CHANNELS)
                            .multiplyAdds());
        }
    }

    /** Operations of one call of a phase on a batch. */
    double flops(Phase phase, int batch) {
        long multiplyAdds =
                switch (phase) {
                    case GENERATE -> generator;
                    case GENERATOR_BACKWARD -> 2 * generator;
                    case TEACHER_FORWARD,
                            TEACHER_BACKWARD,
                            STUDENT_FORWARD,
                            STUDENT_INPUT_GRADIENT ->
                            network;
                    case STUDENT_GRADIENTS -> 2 * network;
                    case LOSS, GENERATOR_UPDATE, STUDENT_APPLY -> 0;
                };
        return (double) FLOPS * multiplyAdds * batch;
    }
}
