package io.aktnode.nn.optim;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.OptimizerKernels;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.StudentOptimizerConfig;
import java.util.List;
import java.util.Random;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class OptimizerTest {

    /** More than one chunk, and a rest that fills no register. */
    private static final int LENGTH = 70_003;

    private final ComputePool pool = new ComputePool(3);

    @AfterEach
    void close() {
        pool.close();
    }

    @Test
    void sgdFollowsItsFormulaOverSeveralSteps() {
        List<Parameter> parameters = parameters();
        float[] w = parameters.get(0).value().toFloats();
        float[] g = parameters.get(0).gradient().toFloats();
        StudentOptimizerConfig config = new StudentOptimizerConfig(0.1, 0.9, 0.01);
        try (Optimizer sgd = new SgdNesterov(parameters, config, pool)) {
            double[] expected = new double[LENGTH];
            double[] velocity = new double[LENGTH];
            for (int i = 0; i < LENGTH; i++) {
                expected[i] = w[i];
            }
            for (int step = 0; step < 3; step++) {
                sgd.step(0.5, 0.1);
                for (int i = 0; i < LENGTH; i++) {
                    double d = 0.5 * g[i] + 0.01 * expected[i];
                    velocity[i] = step == 0 ? d : 0.9 * velocity[i] + d;
                    expected[i] -= 0.01 * (d + 0.9 * velocity[i]);
                }
            }
            for (int i = 0; i < LENGTH; i++) {
                assertEquals(expected[i], parameters.get(0).value().get(i), 1e-6);
            }
        }
    }

    @Test
    void adamFollowsItsFormulaOverSeveralSteps() {
        List<Parameter> parameters = parameters();
        float[] w = parameters.get(0).value().toFloats();
        float[] g = parameters.get(0).gradient().toFloats();
        try (Optimizer adam = new Adam(parameters, 0.1, 0.5, 0.999, pool)) {
            double[] expected = new double[LENGTH];
            double[] m = new double[LENGTH];
            double[] v = new double[LENGTH];
            for (int i = 0; i < LENGTH; i++) {
                expected[i] = w[i];
            }
            for (int step = 1; step <= 3; step++) {
                double scale = 1.0 / step;
                adam.step(scale, 0.5);
                for (int i = 0; i < LENGTH; i++) {
                    double d = scale * g[i];
                    m[i] = 0.5 * m[i] + 0.5 * d;
                    v[i] = 0.999 * v[i] + 0.001 * d * d;
                    double first = m[i] / (1 - Math.pow(0.5, step));
                    double second = v[i] / (1 - Math.pow(0.999, step));
                    expected[i] -= 0.05 * first / (Math.sqrt(second) + 1e-8);
                }
            }
            for (int i = 0; i < LENGTH; i++) {
                assertEquals(expected[i], parameters.get(0).value().get(i), 2e-6);
            }
        }
    }

    @Test
    void updateRatioIsChangeOverWeights() {
        Parameter parameter =
                new Parameter(
                        "w", Tensor.of(new float[] {3, 4}, 2), Tensor.of(new float[] {0, 1}, 2));
        StudentOptimizerConfig config = new StudentOptimizerConfig(0.5, 0.0, 0.0);
        try (Optimizer sgd = new SgdNesterov(List.of(parameter), config, pool)) {
            assertEquals(0.5 / 5, sgd.step(1, 1), 1e-12);
            assertArrayEquals(new float[] {3, 3.5f}, parameter.value().toFloats());
        }
    }

    @Test
    void foreseesTheRatioOfAFirstUpdateWithoutWeightDecay() {
        List<Parameter> parameters = parameters();
        StudentOptimizerConfig config = new StudentOptimizerConfig(0.01, 0.9, 0.0);
        try (SgdNesterov sgd = new SgdNesterov(parameters, config, pool)) {
            double norm = GradientSummary.of(parameters, pool).norm();

            double foreseen = sgd.updateRatio(norm);

            assertEquals(foreseen, sgd.step(1, 1), 1e-6 * foreseen);
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aRestoredOptimizerContinuesBitForBit(boolean adaptive) {
        List<Parameter> first = parameters();
        List<Parameter> second = parameters();
        try (Optimizer one = optimizer(adaptive, first);
                Optimizer other = optimizer(adaptive, second)) {
            one.step(1, 1);
            one.step(1, 1);
            StateDict saved = one.save();
            for (int i = 0; i < first.size(); i++) {
                second.get(i).value().copyFrom(first.get(i).value());
            }
            one.step(0.3, 1);

            other.restore(saved);
            other.step(0.3, 1);

            for (int i = 0; i < first.size(); i++) {
                assertArrayEquals(
                        first.get(i).value().toFloats(), second.get(i).value().toFloats());
            }
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void aResetOptimizerStartsAnew(boolean adaptive) {
        List<Parameter> first = parameters();
        List<Parameter> second = parameters();
        try (Optimizer used = optimizer(adaptive, first);
                Optimizer fresh = optimizer(adaptive, second)) {
            used.step(1, 1);
            first.get(0).value().copyFrom(second.get(0).value());

            used.reset();
            used.step(1, 1);
            fresh.step(1, 1);

            assertArrayEquals(second.get(0).value().toFloats(), first.get(0).value().toFloats());
        }
    }

    @Test
    void aStateOfAnotherNetworkIsRefused() {
        List<Parameter> parameters = parameters();
        try (Optimizer sgd = optimizer(false, parameters)) {
            StateDict foreign = new StateDict();

            var thrown = assertThrows(IllegalArgumentException.class, () -> sgd.restore(foreign));

            assertTrue(thrown.getMessage().startsWith("tensor momentum/long is missing"));
        }
    }

    @ParameterizedTest
    @ValueSource(booleans = {false, true})
    void theNumberOfThreadsChangesNothing(boolean adaptive) {
        List<Parameter> alone = parameters();
        List<Parameter> shared = parameters();
        try (ComputePool one = new ComputePool(1);
                Optimizer onOne = optimizer(adaptive, alone, one);
                Optimizer onThree = optimizer(adaptive, shared, pool)) {
            assertEquals(onOne.step(1, 1), onThree.step(1, 1));
            assertEquals(GradientSummary.of(alone, one), GradientSummary.of(shared, pool));
            assertArrayEquals(alone.get(0).value().toFloats(), shared.get(0).value().toFloats());
        }
    }

    @Test
    void summaryCountsWhatIsNotFinite() {
        List<Parameter> parameters = parameters();
        Tensor gradient = parameters.get(0).gradient();
        gradient.set(5, Float.NaN);
        gradient.set(40_000, Float.NEGATIVE_INFINITY);
        parameters.get(1).gradient().set(0, Float.POSITIVE_INFINITY);

        GradientSummary summary = GradientSummary.of(parameters, pool);

        assertEquals(3, summary.nonFinite());
        assertTrue(Double.isNaN(summary.norm()), "norm is " + summary.norm());
        assertEquals(Double.POSITIVE_INFINITY, summary.largest());
    }

    @Test
    void hugeButFiniteGradientsHaveAFiniteNorm() {
        Tensor gradient = Tensor.of(new float[] {3e30f, -4e30f}, 2);
        Parameter parameter = new Parameter("w", Tensor.allocate(2), gradient);

        GradientSummary summary = GradientSummary.of(List.of(parameter), pool);

        assertEquals(5e30, summary.norm(), 1e24);
        assertEquals(4e30f, summary.largest());
        assertEquals(0, summary.nonFinite());
    }

    @Test
    void vectorKernelsGiveThePlainKernelsBits() {
        OptimizerKernels fast = OptimizerKernels.fastest();
        OptimizerKernels plain = OptimizerKernels.plain();
        var sgd = new OptimizerKernels.SgdStep(0.7f, 0.1f, 0.9f, 0.01f);
        var adam =
                new OptimizerKernels.AdamStep(0.7f, 0.1f, 0.5f, 0.5f, 0.999f, 0.001f, 0.3f, 1e-8f);
        float[][] results = new float[2][];
        double[][] sums = new double[2][7];
        for (int k = 0; k < 2; k++) {
            OptimizerKernels kernels = k == 0 ? fast : plain;
            Tensor w = random(101, 1);
            Tensor g = random(101, 2);
            Tensor m = random(101, 3);
            Tensor v = random(101, 4);
            for (int i = 0; i < 101; i++) {
                v.set(i, Math.abs(v.get(i)));
            }
            kernels.sgdNesterov(w, g, m, 3, 98, sgd, sums[k], 0);
            kernels.adam(w, g, m, v, 3, 98, adam, sums[k], 2);
            kernels.statistics(g, 3, 98, sums[k], 4);
            results[k] = w.toFloats();
        }

        assertArrayEquals(results[1], results[0]);
        for (int i = 0; i < 7; i++) {
            assertEquals(sums[1][i], sums[0][i], 1e-12 * sums[1][i]);
        }
    }

    private Optimizer optimizer(boolean adaptive, List<Parameter> parameters) {
        return optimizer(adaptive, parameters, pool);
    }

    private static Optimizer optimizer(
            boolean adaptive, List<Parameter> parameters, ComputePool pool) {
        return adaptive
                ? new Adam(parameters, 1e-3, 0.5, 0.999, pool)
                : new SgdNesterov(parameters, StudentOptimizerConfig.defaults(), pool);
    }

    private static List<Parameter> parameters() {
        return List.of(
                new Parameter("long", random(LENGTH, 1), random(LENGTH, 2)),
                new Parameter("short", random(5, 3), random(5, 4)));
    }

    private static Tensor random(int length, int seed) {
        Random random = new Random(seed);
        Tensor tensor = Tensor.allocate(length);
        for (int i = 0; i < length; i++) {
            tensor.set(i, (float) random.nextGaussian());
        }
        return tensor;
    }
}
