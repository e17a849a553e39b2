package io.aktnode.nn.generator;

import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.golden.Golden;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.optim.Adam;
import io.aktnode.nn.optim.Optimizer;
import io.aktnode.nn.optim.Parameter;
import io.aktnode.nn.train.GeneratorConfig;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("golden")
class ConditionalGeneratorGoldenTest {

    /**
     * A batch norm takes any constant away, so a bias before it has no gradient: ours is zero, and
     * the file's is rounding noise, held against the weights' gradient.
     */
    private static final List<String> NOISE = List.of("c1.bias", "c2.bias");

    private final Golden golden = Golden.open("generator.npz");
    private final ComputePool pool = new ComputePool(2);
    private ConditionalGenerator generator;

    @BeforeEach
    void load() {
        int[] z = golden.shape("z");
        int[] images = golden.shape("images");
        int classes = golden.shape("generator/emb.weight")[0];
        GeneratorShape shape = new GeneratorShape(classes, z[1], images[2], images[1]);
        generator = new ConditionalGenerator(shape, z[0], Math.min(3, z[0]), 1, pool, 1);
        generator.restore(golden.state("generator/"));
        GeneratorPass pass = generator.passes().get(0);
        pass.noise().set(golden.floats("z"));
        int[] labels = golden.ints("labels");
        for (int i = 0; i < labels.length; i++) {
            pass.labels().setInt(i, labels[i]);
        }
    }

    @AfterEach
    void close() {
        generator.close();
        pool.close();
    }

    @Test
    void drawsTheImagesOfTheFile() {
        Tensor images = generator.passes().get(0).forward();

        golden.assertClose("images", Golden.nchw(images), Golden.LOSS_TOLERANCE);
    }

    @Test
    void hasTheGradientsOfTheFile() {
        goBackward();

        for (Parameter parameter : generator.parameters()) {
            String name = parameter.name();
            float[] actual = parameter.gradient().toFloats();
            if (NOISE.contains(name)) {
                float[] noise = golden.floats("grad/" + name);
                float[] weights = golden.floats("grad/" + name.replace("bias", "weight"));
                double error = Golden.distance(noise, actual);
                assertTrue(
                        error <= Golden.GRADIENT_TOLERANCE * Golden.norm(weights),
                        name + " is off by " + error);
            } else {
                golden.assertGradient("grad/" + name, actual);
            }
        }
    }

    /**
     * Adam's first step is the sign of the gradient for all but the smallest elements, whose sign
     * two ways of rounding may give differently: so a thousandth of the elements may differ.
     */
    @Test
    void takesTheAdamStepOfTheFile() {
        GeneratorConfig config = GeneratorConfig.defaults();
        StateDict expected = golden.state("after_step/");
        goBackward();

        try (Optimizer adam =
                new Adam(
                        generator.parameters(),
                        config.learningRate(),
                        config.beta1(),
                        config.beta2(),
                        pool)) {
            adam.step(1, 1);
        }

        for (Parameter parameter : generator.parameters()) {
            if (NOISE.contains(parameter.name())) {
                continue;
            }
            float[] values = expected.get(parameter.name()).values();
            int different = 0;
            for (int i = 0; i < values.length; i++) {
                double error = Math.abs(parameter.value().get(i) - values[i]);
                different += error <= 1e-2 * config.learningRate() ? 0 : 1;
            }
            assertTrue(
                    different <= 1e-3 * values.length,
                    parameter.name() + ": " + different + " of " + values.length + " differ");
        }
    }

    private void goBackward() {
        GeneratorPass pass = generator.passes().get(0);
        pass.forward();
        try (Tensor gradient = golden.nhwc("grad_images")) {
            pass.backward(List.of(gradient));
        }
    }
}
