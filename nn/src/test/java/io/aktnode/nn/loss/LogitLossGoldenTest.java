package io.aktnode.nn.loss;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aktnode.nn.golden.Golden;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.train.BaseMethod;
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

    /** The file of the whole generator holds other logits and the gradients for them. */
    @Test
    void generatorFileHasTheSameGradients() {
        Golden generator = Golden.open("generator.npz");
        try (Tensor t = generator.tensor("teacher_logits");
                Tensor s = generator.tensor("student_logits");
                Tensor y = generator.intTensor("labels");
                Tensor dt = Tensor.allocate(t.shape());
                Tensor ds = Tensor.allocate(t.shape())) {
            GeneratorLoss loss = GeneratorLoss.of(BaseMethod.ADADFQ);

            double total = loss.evaluate(t, List.of(s), y, dt, List.of(ds)).get("total");

            double bns = generator.scalar("bn_statistics_loss");
            generator.assertLoss("loss", total + loss.bnStatisticsWeight() * bns);
            generator.assertGradient("teacher_logits_grad", dt.toFloats());
            generator.assertGradient("student_logits_grad", ds.toFloats());
        }
    }
}
