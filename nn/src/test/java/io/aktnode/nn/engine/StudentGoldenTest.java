package io.aktnode.nn.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aktnode.nn.golden.Golden;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.loss.StudentLoss;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.optim.GradientSummary;
import io.aktnode.nn.optim.Parameter;
import io.aktnode.nn.optim.SgdNesterov;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.StudentOptimizerConfig;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** A quantized student, its AdaDFQ+AKT loss and every gradient against PyTorch. */
@Tag("golden")
class StudentGoldenTest {

    private final Golden teacherNumbers = Golden.open("teacher.npz");
    private final ComputePool pool = new ComputePool(2);

    static Stream<Golden> students() {
        return Golden.students().stream();
    }

    @AfterEach
    void close() {
        pool.close();
    }

    @ParameterizedTest
    @MethodSource("students")
    void logitsLossGradientsAndUpdatesEqualPyTorchs(Golden golden) {
        QuantizationConfig bits = QuantizationConfig.of(golden.bits());
        try (Network teacher =
                        GoldenNetworks.compile(
                                teacherNumbers, NetworkMode.TEACHER, Optional.empty(), 2, pool);
                Network student =
                        GoldenNetworks.compile(
                                teacherNumbers, NetworkMode.STUDENT, Optional.of(bits), 2, pool);
                Tensor images = golden.nhwc("input")) {
            student.load(withRanges(student.save(), golden));

            Tensor logits = student.forward(images);
            golden.assertClose("logits", logits.toFloats(), Golden.LOSS_TOLERANCE);

            double loss = lossAndGradients(golden, teacher, student, images, logits);
            golden.assertLoss("loss", loss);
            for (Parameter parameter : student.trainable()) {
                golden.assertGradient("grad/" + parameter.name(), parameter.gradient().toFloats());
            }
            double norm = GradientSummary.of(student.trainable(), pool).norm();
            assertEquals(golden.scalar("grad_norm"), norm, 1e-3 * norm);

            assertUpdates(golden, student);
        }
    }

    private double lossAndGradients(
            Golden golden, Network teacher, Network student, Tensor images, Tensor logits) {
        try (Tensor labels = golden.intTensor("labels");
                Tensor teacherLogits = golden.tensor("teacher_logits");
                Tensor logitGradient = Tensor.allocate(logits.shape())) {
            teacher.forward(images);
            teacher.taps().compute(pool);
            Map<String, Double> losses =
                    StudentLoss.of(BaseMethod.ADADFQ)
                            .evaluate(logits, teacherLogits, labels, logitGradient);
            distill(teacher, student);
            golden.assertGradient("grad_input", Golden.nchw(student.inputGradient(logitGradient)));
            distill(teacher, student);
            student.parameterGradients(logitGradient);
            return losses.get("total") + student.taps().featureLoss();
        }
    }

    private static void distill(Network teacher, Network student) {
        student.taps().distill(teacher.taps().channel(), teacher.taps().spatial(), 8, 1000);
    }

    /** The file's update uses its own gradient twice, so ours is replaced by it. */
    private void assertUpdates(Golden golden, Network student) {
        List<Parameter> parameters = student.trainable();
        parameters.forEach(
                parameter -> parameter.gradient().set(golden.floats("grad/" + parameter.name())));
        try (SgdNesterov optimizer =
                new SgdNesterov(parameters, StudentOptimizerConfig.defaults(), pool)) {
            for (int step = 1; step <= 2; step++) {
                optimizer.step(1, 1);
                for (Parameter parameter : parameters) {
                    golden.assertClose(
                            "after_step_" + step + "/" + parameter.name(),
                            parameter.value().toFloats(),
                            1e-6);
                }
            }
        }
    }

    /** The file numbers the ranges by execution, as the network's activations are. */
    private static StateDict withRanges(StateDict state, Golden golden) {
        List<String> activations = GoldenRanges.activationNames(state.arrays().keySet());
        for (int i = 0; i < activations.size(); i++) {
            state.put(
                    activations.get(i) + ".range", FloatArray.vector(golden.floats("range_" + i)));
        }
        return state;
    }
}
