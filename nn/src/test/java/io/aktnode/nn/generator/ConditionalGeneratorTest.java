package io.aktnode.nn.generator;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.golden.Golden;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.optim.Parameter;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.stream.IntStream;
import org.bytedeco.javacpp.Pointer;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class ConditionalGeneratorTest {

    private static final GeneratorShape SHAPE = new GeneratorShape(4, 6, 8, 3);
    private static final int BATCH = 6;

    private final List<AutoCloseable> open = new ArrayList<>();

    @AfterEach
    void close() throws Exception {
        for (int i = open.size() - 1; i >= 0; i--) {
            open.get(i).close();
        }
    }

    /**
     * The derivative of {@code <g, images>} along the gradient of each parameter, and along the
     * elements where the gradient is largest. Float32 images leave three to four digits of a
     * central difference, and a few pixels step over the kink of the leaky ReLU.
     */
    @Test
    void gradientsAreThoseOfFiniteDifferences() {
        ConditionalGenerator generator = generator(2, 3);
        GeneratorPass pass = generator.passes().get(0);
        Tensor g = random(9, SHAPE.images(BATCH));
        pass.forward();
        pass.backward(List.of(g));
        Map<String, float[]> gradients = new HashMap<>();
        for (Parameter parameter : generator.parameters()) {
            gradients.put(parameter.name(), parameter.gradient().toFloats());
        }

        for (Parameter parameter : generator.parameters()) {
            float[] gradient = gradients.get(parameter.name());
            double norm = Golden.norm(gradient);
            if (List.of("c1.bias", "c2.bias").contains(parameter.name())) {
                assertEquals(0, derivative(pass, parameter, unit(gradient.length, 3), g), 5e-3);
                continue;
            }
            float[] along = gradient.clone();
            for (int i = 0; i < along.length; i++) {
                along[i] /= (float) norm;
            }
            assertEquals(
                    norm, derivative(pass, parameter, along, g), 0.01 * norm, parameter.name());
            for (int i : largest(gradient, 3)) {
                assertEquals(
                        gradient[i],
                        derivative(pass, parameter, unit(gradient.length, i), g),
                        0.02 * Math.abs(gradient[i]) + 5e-3,
                        parameter.name() + "[" + i + "]");
            }
        }
    }

    private static double derivative(
            GeneratorPass pass, Parameter parameter, float[] direction, Tensor g) {
        double step = 1e-3;
        float[] before = parameter.value().toFloats();
        double ahead = moved(pass, parameter, before, direction, step, g);
        double behind = moved(pass, parameter, before, direction, -step, g);
        parameter.value().set(before);
        return (ahead - behind) / (2 * step);
    }

    private static float[] unit(int length, int index) {
        float[] direction = new float[length];
        direction[Math.min(index, length - 1)] = 1;
        return direction;
    }

    private static List<Integer> largest(float[] values, int count) {
        return IntStream.range(0, values.length)
                .boxed()
                .sorted(Comparator.comparingDouble(i -> -Math.abs(values[i])))
                .limit(count)
                .toList();
    }

    private static double moved(
            GeneratorPass pass,
            Parameter parameter,
            float[] from,
            float[] direction,
            double by,
            Tensor g) {
        for (int i = 0; i < from.length; i++) {
            parameter.value().set(i, (float) (from[i] + by * direction[i]));
        }
        Tensor images = pass.forward();
        double sum = 0;
        for (int i = 0; i < g.length(); i++) {
            sum += (double) g.get(i) * images.get(i);
        }
        return sum;
    }

    @Test
    void theNumberOfThreadsChangesNoBit() {
        ConditionalGenerator one = generator(1, 4);
        ConditionalGenerator four = generator(4, 4);
        Tensor g = random(9, SHAPE.images(BATCH));
        for (ConditionalGenerator generator : List.of(one, four)) {
            generator.passes().get(0).forward();
            generator.passes().get(0).backward(List.of(g));
        }

        assertArrayEquals(
                one.passes().get(0).images().toFloats(), four.passes().get(0).images().toFloats());
        for (int i = 0; i < one.parameters().size(); i++) {
            assertArrayEquals(
                    one.parameters().get(i).gradient().toFloats(),
                    four.parameters().get(i).gradient().toFloats(),
                    one.parameters().get(i).name());
        }
    }

    @Test
    void theNumberOfShardsChangesOnlyTheRounding() {
        ConditionalGenerator whole = generator(2, 1);
        ConditionalGenerator cut = generator(2, 4);
        Tensor g = random(9, SHAPE.images(BATCH));
        for (ConditionalGenerator generator : List.of(whole, cut)) {
            generator.passes().get(0).forward();
            generator.passes().get(0).backward(List.of(g));
        }

        for (int i = 0; i < whole.parameters().size(); i++) {
            float[] expected = whole.parameters().get(i).gradient().toFloats();
            float[] actual = cut.parameters().get(i).gradient().toFloats();
            double error = Golden.distance(expected, actual);
            assertTrue(
                    error <= 1e-4 * Golden.norm(expected),
                    whole.parameters().get(i).name() + " is off by " + error);
        }
    }

    @Test
    void firstWeightsAreDistributedAsPyTorchs() {
        GeneratorShape shape = new GeneratorShape(100, 100, 8, 3);
        ConditionalGenerator generator = open(new ConditionalGenerator(shape, 2, 1, 1, pool(1), 5));
        for (Parameter parameter : generator.parameters()) {
            float[] values = parameter.value().toFloats();
            double mean = 0;
            for (float value : values) {
                mean += value / values.length;
            }
            double deviation = 0;
            for (float value : values) {
                deviation += Math.pow(value - mean, 2) / values.length;
            }
            deviation = Math.sqrt(deviation);
            switch (parameter.name()) {
                case "emb.weight" -> assertEquals(1, deviation, 0.05);
                case "l1.weight" -> assertEquals(0.1 / Math.sqrt(3), deviation, 1e-3);
                case "c1.weight", "c2.weight" ->
                        assertEquals(1 / Math.sqrt(3 * 128 * 9), deviation, 1e-3);
                case "c3.weight" -> assertEquals(1 / Math.sqrt(3 * 64 * 9), deviation, 2e-3);
                case "b0.weight", "b1.weight", "b2.weight" ->
                        assertEquals(List.of(1.0, 0.0), List.of(mean, deviation));
                case "b0.bias", "b1.bias", "b2.bias" -> assertEquals(0, Golden.norm(values));
                case "l1.bias" -> assertWithin(1 / Math.sqrt(100), values);
                case "c3.bias" -> assertWithin(1 / Math.sqrt(64 * 9), values);
                default -> assertWithin(1 / Math.sqrt(128 * 9), values);
            }
        }
    }

    private static void assertWithin(double bound, float[] values) {
        double largest = 0;
        for (float value : values) {
            largest = Math.max(largest, Math.abs(value));
        }
        assertTrue(largest > bound / 10 && largest <= bound, largest + " for " + bound);
    }

    /** An activation of this size, leaked each step, would be 150 MB or more in the end. */
    @Test
    void nativeMemoryIsFlatAfterTheFirstSteps() {
        GeneratorShape shape = new GeneratorShape(4, 6, 16, 3);
        ConditionalGenerator generator =
                open(new ConditionalGenerator(shape, 12, 3, 1, pool(2), 5));
        GeneratorPass pass = generator.passes().get(0);
        pass.noise().copyFrom(random(7, 12, shape.latent()));
        pass.labels().zero();
        Tensor g = random(9, shape.images(12));
        run(pass, g, 50);
        long before = Pointer.physicalBytes();

        run(pass, g, 300);

        long growth = Pointer.physicalBytes() - before;
        // The heap may still touch pages it has not used so far.
        assertTrue(growth < 64L << 20, "resident memory grew by " + growth + " bytes");
    }

    private static void run(GeneratorPass pass, Tensor g, int steps) {
        for (int i = 0; i < steps; i++) {
            pass.forward();
            pass.backward(List.of(g));
        }
    }

    @Test
    void wrongShapesAndSettingsAreNamed() {
        GeneratorPass pass = generator(1, 2).passes().get(0);
        Tensor wrong = random(1, BATCH, 8, 8, 1);

        assertMessage(
                "image gradient is [6, 8, 8, 1], expected [6, 8, 8, 3]",
                () -> pass.backward(List.of(wrong)));
        assertMessage("no image gradients, expected at least one", () -> pass.backward(List.of()));
        pass.labels().setInt(4, 4);
        assertMessage("label 4 of image 4 is not below 4", pass::forward);
        assertMessage(
                "generator size=30 must be a multiple of 4; images are upsampled twice",
                () -> new GeneratorShape(10, 100, 30, 3));
        assertMessage(
                "batch=2, shards=3, window=1: shards must be between 1 and batch, window 1 or"
                        + " more",
                () -> new ConditionalGenerator(SHAPE, 2, 3, 1, pool(1), 1));
    }

    private static void assertMessage(String expected, Runnable call) {
        var thrown = assertThrows(IllegalArgumentException.class, call::run);
        assertEquals(expected, thrown.getMessage());
    }

    private ComputePool pool(int threads) {
        return open(new ComputePool(threads));
    }

    private ConditionalGenerator generator(int threads, int shards) {
        ConditionalGenerator generator =
                open(new ConditionalGenerator(SHAPE, BATCH, shards, 1, pool(threads), 5));
        GeneratorPass pass = generator.passes().get(0);
        pass.noise().copyFrom(random(7, BATCH, SHAPE.latent()));
        for (int i = 0; i < BATCH; i++) {
            pass.labels().setInt(i, i % SHAPE.classes());
        }
        return generator;
    }

    private Tensor random(int seed, int... shape) {
        Random random = new Random(seed);
        Tensor tensor = open(Tensor.allocate(shape));
        for (int i = 0; i < tensor.length(); i++) {
            tensor.set(i, (float) random.nextGaussian());
        }
        return tensor;
    }

    private <T extends AutoCloseable> T open(T resource) {
        open.add(resource);
        return resource;
    }
}
