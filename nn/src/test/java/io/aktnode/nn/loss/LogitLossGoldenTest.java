package io.aktnode.nn.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aktnode.nn.golden.Golden;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.train.BaseMethod;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

@Tag("golden")
class LogitLossGoldenTest {

    private final Golden golden = Golden.open("logit_losses.npz");
    private final Tensor teacher = golden.tensor("teacher_logits");
    private final Tensor student = golden.tensor("student_logits");
    private final Tensor labels = golden.intTensor("labels");
    private final Tensor teacherGradient = Tensor.allocate(teacher.shape());
    private final Tensor studentGradient = Tensor.allocate(teacher.shape());

    @AfterEach
    void close() {
        List.of(teacher, student, labels, teacherGradient, studentGradient).forEach(Tensor::close);
    }

    @ParameterizedTest
    @EnumSource(BaseMethod.class)
    void generatorLossAndGradientsAreThoseOfTheFile(BaseMethod method) {
        GeneratorLoss loss = GeneratorLoss.of(method);
        List<Tensor> students = loss.readsStudents() ? List.of(student) : List.of();
        List<Tensor> gradients = loss.readsStudents() ? List.of(studentGradient) : List.of();

        Map<String, Double> parts =
                loss.evaluate(teacher, students, labels, teacherGradient, gradients);

        String name = method.label() + "_generator_";
        golden.assertLoss(name + "loss", parts.get("total"));
        golden.assertGradient(name + "grad_teacher", teacherGradient.toFloats());
        if (loss.readsStudents()) {
            golden.assertGradient(name + "grad_student", studentGradient.toFloats());
        }
    }

    @ParameterizedTest
    @EnumSource(BaseMethod.class)
    void studentLossAndGradientAreThoseOfTheFile(BaseMethod method) {
        StudentLoss loss = StudentLoss.of(method);

        Map<String, Double> parts = loss.evaluate(student, teacher, labels, studentGradient);

        String name = method.label() + "_student_";
        golden.assertLoss(name + "loss", parts.get("total"));
        golden.assertGradient(name + "grad_student", studentGradient.toFloats());
    }

    @Test
    void entropyIsThatOfTheFile() {
        Softmax softmax = Softmax.fit(null, teacher.extent(1));
        float[] expected = golden.floats("entropy");
        for (int n = 0; n < expected.length; n++) {
            softmax.ofDifference(teacher, student, n, 1);

            assertEquals(expected[n], softmax.entropy(), Golden.LOSS_TOLERANCE * expected[n]);
        }
    }

    /**
     * The file of the whole generator holds other logits and the gradients for them. A student of
     * many bits is so close to its teacher there that the file's float32 entropies, of about ln C,
     * hardly differ: what they were rounded by is divided by their spread, and allowed for.
     */
    @Test
    void generatorFileHasTheSameLossAndGradients() {
        Golden generator = Golden.open("generator.npz");
        try (Tensor t = generator.tensor("teacher_logits");
                Tensor s = generator.tensor("student_logits");
                Tensor y = generator.intTensor("labels");
                Tensor dt = Tensor.allocate(t.shape());
                Tensor ds = Tensor.allocate(t.shape())) {
            GeneratorLoss loss = GeneratorLoss.of(BaseMethod.ADADFQ);
            double[] entropies = entropies(t, s);
            double most = Math.log(t.extent(1));
            double rounding = Math.ulp(1f) * most / (most - entropies[0]);

            double total = loss.evaluate(t, List.of(s), y, dt, List.of(ds)).get("total");

            double bns = generator.scalar("bn_statistics_loss");
            double expected = generator.scalar("loss");
            assertEquals(
                    expected,
                    total + loss.bnStatisticsWeight() * bns,
                    Golden.LOSS_TOLERANCE * Math.abs(expected) + rounding);
            if (smoothWithin(rounding, entropies, most)) {
                double tolerance = Golden.GRADIENT_TOLERANCE + 2 * rounding;
                generator.assertClose("teacher_logits_grad", dt.toFloats(), tolerance);
                generator.assertClose("student_logits_grad", ds.toFloats(), tolerance);
            }
        }
    }

    /**
     * Whether no H' is so near a kink of the margin, or of the minimum, that rounding decides the
     * side and so the gradient.
     */
    private static boolean smoothWithin(double rounding, double[] sorted, double most) {
        AdaDfqSettings settings = AdaDfqSettings.defaults();
        for (int n = 1; n < sorted.length; n++) {
            double normalised = (sorted[n] - sorted[0]) / (most - sorted[0]);
            if (normalised <= rounding
                    || Math.abs(normalised - settings.lowerMargin()) <= rounding
                    || Math.abs(normalised - settings.upperMargin()) <= rounding) {
                return false;
            }
        }
        return true;
    }

    /** Entropies of softmax(t-s), smallest first. */
    private static double[] entropies(Tensor teacher, Tensor student) {
        Softmax softmax = Softmax.fit(null, teacher.extent(1));
        double[] entropies = new double[teacher.extent(0)];
        for (int n = 0; n < entropies.length; n++) {
            softmax.ofDifference(teacher, student, n, 1);
            entropies[n] = softmax.entropy();
        }
        Arrays.sort(entropies);
        return entropies;
    }
}
