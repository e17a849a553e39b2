package io.aktnode.nn.optim;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.golden.Golden;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.GeneratorConfig;
import io.aktnode.nn.train.StudentOptimizerConfig;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@Tag("golden")
class OptimizerGoldenTest {

    private static List<Golden> students() {
        return Golden.students();
    }

    @ParameterizedTest
    @MethodSource("students")
    void sgdTakesTheStepsOfTheFile(Golden student) {
        StateDict start = Golden.open("teacher.npz").state("teacher/");
        List<Parameter> parameters = parameters(start, student.state("grad/"));
        try (ComputePool pool = new ComputePool(2);
                Optimizer sgd =
                        new SgdNesterov(parameters, StudentOptimizerConfig.defaults(), pool)) {
            for (String step : List.of("after_step_1/", "after_step_2/")) {
                sgd.step(1, 1);

                assertEqualUpToRounding(student.state(step), parameters);
            }
        }
    }

    @Test
    void adamTakesTheStepOfTheFile() {
        Golden golden = Golden.open("generator.npz");
        GeneratorConfig config = GeneratorConfig.defaults();
        List<Parameter> parameters = parameters(golden.state("generator/"), golden.state("grad/"));
        try (ComputePool pool = new ComputePool(2);
                Optimizer adam =
                        new Adam(
                                parameters,
                                config.learningRate(),
                                config.beta1(),
                                config.beta2(),
                                pool)) {
            adam.step(1, 1);

            assertEqualUpToRounding(golden.state("after_step/"), parameters);
        }
    }

    @ParameterizedTest
    @MethodSource("students")
    void summaryHasTheNormOfTheFile(Golden student) {
        StateDict gradients = student.state("grad/");
        try (ComputePool pool = new ComputePool(2)) {
            GradientSummary summary = GradientSummary.of(parameters(gradients, gradients), pool);

            student.assertLoss("grad_norm", summary.norm());
            assertEquals(0, summary.nonFinite());
        }
    }

    private static List<Parameter> parameters(StateDict values, StateDict gradients) {
        List<Parameter> parameters = new ArrayList<>();
        gradients
                .arrays()
                .forEach(
                        (name, gradient) ->
                                parameters.add(
                                        new Parameter(
                                                name, tensor(values.get(name)), tensor(gradient))));
        return parameters;
    }

    private static Tensor tensor(FloatArray array) {
        return Tensor.of(array.values(), array.shape());
    }

    /**
     * A step changes a weight by little more than its own rounding, so the weights themselves must
     * agree: to two units in the last place, as PyTorch contracts some products and sums.
     */
    private static void assertEqualUpToRounding(StateDict expected, List<Parameter> parameters) {
        assertEquals(expected.arrays().keySet().size(), parameters.size());
        for (Parameter parameter : parameters) {
            float[] values = expected.get(parameter.name()).values();
            for (int i = 0; i < values.length; i++) {
                float actual = parameter.value().get(i);
                float allowed = Math.max(2 * Math.ulp(values[i]), 1e-9f);
                assertTrue(
                        Math.abs(actual - values[i]) <= allowed,
                        parameter.name() + "[" + i + "] " + actual + " for " + values[i]);
            }
        }
    }
}
