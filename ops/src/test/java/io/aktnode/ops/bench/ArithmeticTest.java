package io.aktnode.ops.bench;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aktnode.nn.zoo.Architecture;
import org.junit.jupiter.api.Test;

class ArithmeticTest {

    /** He et al. count 41 million for ResNet-20 at 32×32. */
    @Test
    void countsTheMultiplyAddsOfResNet20() {
        Arithmetic arithmetic = Arithmetic.of(new Architecture("resnet20", 10, 32), 100);

        assertEquals(41e6, arithmetic.network(), 1e6);
        assertEquals(53e6, arithmetic.generator(), 1e6);
    }

    /** One forward of three networks, the gradients the step needs, two operations each. */
    @Test
    void aStepTakesSixPassesOfTheNetworkAndThreeOfTheGenerator() {
        Arithmetic arithmetic = new Arithmetic(10, 100);
        double flops = 0;
        for (Phase phase : Phase.values()) {
            flops += arithmetic.flops(phase, 7);
        }

        assertEquals(2 * 7 * (6 * 10 + 3 * 100), flops);
    }
}
