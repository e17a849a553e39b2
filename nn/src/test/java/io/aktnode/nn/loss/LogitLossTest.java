package io.aktnode.nn.loss;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.golden.Golden;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.train.BaseMethod;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.function.DoubleSupplier;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class LogitLossTest {

    private final List<Tensor> tensors = new ArrayList<>();

    @AfterEach
    void close() {
        tensors.forEach(Tensor::close);
    }

    @ParameterizedTest
    @CsvSource({"GDFQ,0", "ADADFQ,1", "ADADFQ,3"})
    void generatorGradientsAreThoseOfFiniteDifferences(BaseMethod method, int count) {
        Tensor teacher = logits(7, 5, 2.0, 1);
        Tensor labels = labels(7, 5);
        List<Tensor> students = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            students.add(logits(7, 5, 2.0, 10 + i));
        }
        GeneratorLoss loss = GeneratorLoss.of(method);
        Gradients gradients = evaluate(loss, teacher, students, labels);

        DoubleSupplier total = () -> evaluate(loss, teacher, students, labels).total();
        assertGradient(gradients.teacher(), teacher, total);
        for (int i = 0; i < count; i++) {
            assertGradient(gradients.students().get(i), students.get(i), total);
        }
    }

    @ParameterizedTest
    @EnumSource(BaseMethod.class)
    void studentGradientIsThatOfFiniteDifferences(BaseMethod method) {
        Tensor teacher = logits(7, 5, 3.0, 1);
        Tensor student = logits(7, 5, 3.0, 2);
        Tensor labels = labels(7, 5);
        StudentLoss loss = StudentLoss.of(method);
        Tensor gradient = tensor(7, 5);
        loss.evaluate(student, teacher, labels, gradient);
        float[] analytic = gradient.toFloats();

        assertGradient(
                analytic,
                student,
                () -> loss.evaluate(student, teacher, labels, gradient).get("total"));
    }

    @Test
    void severalStudentsAreAveraged() {
        Tensor teacher = logits(6, 4, 2.0, 1);
        Tensor first = logits(6, 4, 2.0, 2);
        Tensor second = logits(6, 4, 2.0, 3);
        Tensor labels = labels(6, 4);
        GeneratorLoss loss = GeneratorLoss.of(BaseMethod.ADADFQ);

        Gradients alone = evaluate(loss, teacher, List.of(first), labels);
        Gradients other = evaluate(loss, teacher, List.of(second), labels);
        Gradients both = evaluate(loss, teacher, List.of(first, second), labels);

        assertEquals((alone.total() + other.total()) / 2, both.total(), 1e-12);
        for (int i = 0; i < both.teacher().length; i++) {
            float mean = (alone.teacher()[i] + other.teacher()[i]) / 2;
            assertEquals(mean, both.teacher()[i], 1e-7f);
            assertEquals(alone.students().get(0)[i] / 2, both.students().get(0)[i], 1e-7f);
        }
    }

    @Test
    void imagesThatTieAtTheLeastEntropyShareItsGradient() {
        Tensor teacher = logits(4, 3, 1.0, 1);
        Tensor student = logits(4, 3, 1.0, 2);
        Tensor labels = labels(4, 3);
        // Images 0 and 1 are the same and the most certain of all.
        for (int n = 0; n < 2; n++) {
            teacher.set(n * 3, 9);
            teacher.set(n * 3 + 1, 0.5f);
            teacher.set(n * 3 + 2, 0.25f);
            for (int c = 0; c < 3; c++) {
                student.set(n * 3 + c, 0);
            }
            labels.setInt(n, 1);
        }

        Gradients gradients =
                evaluate(GeneratorLoss.of(BaseMethod.ADADFQ), teacher, List.of(student), labels);

        float[] t = gradients.teacher();
        assertArrayEquals(new float[] {t[0], t[1], t[2]}, new float[] {t[3], t[4], t[5]});
        // The loss cannot move when both tied images move alike: a finite difference of that.
        double ahead = movedTogether(teacher, student, labels, 1e-3f);
        double behind = movedTogether(teacher, student, labels, -1e-3f);
        assertEquals((ahead - behind) / 2e-3, t[0] + t[3], 1e-4);
    }

    private double movedTogether(Tensor teacher, Tensor student, Tensor labels, float by) {
        Tensor moved = tensor(4, 3);
        moved.copyFrom(teacher);
        moved.set(0, moved.get(0) + by);
        moved.set(3, moved.get(3) + by);
        return evaluate(GeneratorLoss.of(BaseMethod.ADADFQ), moved, List.of(student), labels)
                .total();
    }

    @ParameterizedTest
    @EnumSource(BaseMethod.class)
    void extremeLogitsGiveFiniteLossesAndGradients(BaseMethod method) {
        Tensor teacher = logits(4, 10, 1e30, 1);
        Tensor student = logits(4, 10, 1e30, 2);
        Tensor labels = labels(4, 10);
        GeneratorLoss generator = GeneratorLoss.of(method);

        Gradients gradients =
                evaluate(
                        generator,
                        teacher,
                        generator.readsStudents() ? List.of(student) : List.of(),
                        labels);
        Tensor studentGradient = tensor(4, 10);
        double studentLoss =
                StudentLoss.of(method)
                        .evaluate(student, teacher, labels, studentGradient)
                        .get("total");

        assertTrue(Double.isFinite(gradients.total()), "generator loss " + gradients.total());
        assertFinite(gradients.teacher());
        gradients.students().forEach(LogitLossTest::assertFinite);
        assertTrue(Double.isFinite(studentLoss), "student loss " + studentLoss);
        assertFinite(studentGradient.toFloats());
    }

    @Test
    void aBatchOfOneImageHasNoMarginGradient() {
        Tensor teacher = logits(1, 6, 2.0, 1);
        Tensor student = logits(1, 6, 2.0, 2);
        Tensor labels = labels(1, 6);
        AdaDfqSettings marginOnly = new AdaDfqSettings(0, 0, 0.1, 0.8, 1, 1, 20);

        Gradients gradients =
                evaluate(new AdaDfqGeneratorLoss(marginOnly), teacher, List.of(student), labels);

        assertEquals(0.1, gradients.total(), 1e-12);
        assertArrayEquals(new float[6], gradients.teacher(), 1e-7f);
    }

    @Test
    void aStudentEqualToTheTeacherHasAFiniteMarginAndNoMarginGradient() {
        Tensor teacher = logits(3, 6, 2.0, 1);
        Tensor labels = labels(3, 6);
        AdaDfqSettings marginOnly = new AdaDfqSettings(0, 0, 0.1, 0.8, 1, 1, 20);

        Gradients gradients =
                evaluate(new AdaDfqGeneratorLoss(marginOnly), teacher, List.of(teacher), labels);

        assertEquals(0.1, gradients.total(), 1e-6);
        assertArrayEquals(new float[18], gradients.teacher(), 1e-6f);
    }

    @Test
    void aStudentAlmostEqualToTheTeacherHasTheGradientOfFiniteDifferences() {
        // ln C - min H is about 3e-8 here, below LEAST_SPREAD.
        Tensor teacher = logits(4, 5, 2e-4, 1);
        Tensor student = logits(4, 5, 0, 2);
        Tensor labels = labels(4, 5);
        AdaDfqSettings marginOnly = new AdaDfqSettings(0, 0, 0.1, 0.8, 1, 1, 20);
        GeneratorLoss loss = new AdaDfqGeneratorLoss(marginOnly);
        Gradients gradients = evaluate(loss, teacher, List.of(student), labels);

        for (int i = 0; i < teacher.length(); i++) {
            float value = teacher.get(i);
            float up = value + 1e-5f;
            float down = value - 1e-5f;
            teacher.set(i, up);
            double ahead = evaluate(loss, teacher, List.of(student), labels).total();
            teacher.set(i, down);
            double behind = evaluate(loss, teacher, List.of(student), labels).total();
            teacher.set(i, value);
            double expected = (ahead - behind) / ((double) up - down);
            assertEquals(expected, gradients.teacher()[i], 1e-3 * Golden.norm(gradients.teacher()));
        }
    }

    @Test
    void aLogitThatIsNotANumberShowsInTheLoss() {
        Tensor teacher = logits(3, 4, 1, 1);
        teacher.set(5, Float.NaN);
        Tensor labels = labels(3, 4);

        for (BaseMethod method : BaseMethod.values()) {
            GeneratorLoss loss = GeneratorLoss.of(method);
            List<Tensor> students = loss.readsStudents() ? List.of(logits(3, 4, 1, 2)) : List.of();
            double total = evaluate(loss, teacher, students, labels).total();
            assertTrue(Double.isNaN(total), method + " total is " + total);
        }
    }

    @Test
    void agreementCountsTheLabelsTheNetworkNames() {
        Tensor logits = Tensor.of(new float[] {1, 2, 0, 5, 5, 1, 0, 0, 3}, 3, 3);
        tensors.add(logits);
        Tensor labels = tensorOfInts(1, 0, 1);

        assertEquals(2.0 / 3, Logits.agreement(logits, labels), 1e-12);
    }

    @Test
    void aLabelOutsideTheClassesIsNamed() {
        Tensor logits = logits(2, 3, 1, 1);
        Tensor labels = tensorOfInts(0, 3);
        GeneratorLoss loss = GeneratorLoss.of(BaseMethod.GDFQ);

        var thrown =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> evaluate(loss, logits, List.of(), labels));

        assertEquals("label 3 of image 1 is not below 3", thrown.getMessage());
    }

    @Test
    void settingsOutOfRangeAreNamed() {
        var order =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> new AdaDfqSettings(0.2, 0.1, 0.9, 0.8, 1, 1, 20));
        var temperature =
                assertThrows(IllegalArgumentException.class, () -> new GdfqSettings(0.1, 1, 0));

        assertTrue(order.getMessage().contains("lower-margin=0.9 and upper-margin=0.8"));
        assertEquals("gdfq temperature=0.0 must be greater than 0", temperature.getMessage());
    }

    private record Gradients(double total, float[] teacher, List<float[]> students) {}

    private Gradients evaluate(
            GeneratorLoss loss, Tensor teacher, List<Tensor> students, Tensor labels) {
        Tensor teacherGradient = tensor(teacher.shape());
        List<Tensor> gradients = students.stream().map(s -> tensor(s.shape())).toList();
        Map<String, Double> parts =
                loss.evaluate(teacher, students, labels, teacherGradient, gradients);
        return new Gradients(
                parts.get("total"),
                teacherGradient.toFloats(),
                gradients.stream().map(Tensor::toFloats).toList());
    }

    /** Central differences; losses are in double, so a step of 1e-3 leaves six digits. */
    private static void assertGradient(float[] analytic, Tensor at, DoubleSupplier loss) {
        float[] numeric = new float[analytic.length];
        for (int i = 0; i < numeric.length; i++) {
            float value = at.get(i);
            float up = value + 1e-3f;
            float down = value - 1e-3f;
            at.set(i, up);
            double ahead = loss.getAsDouble();
            at.set(i, down);
            double behind = loss.getAsDouble();
            at.set(i, value);
            numeric[i] = (float) ((ahead - behind) / ((double) up - down));
        }
        double error = Golden.distance(analytic, numeric) / Golden.norm(numeric);
        assertTrue(error < 1e-4, "relative error " + error);
    }

    private static void assertFinite(float[] values) {
        for (float value : values) {
            assertTrue(Float.isFinite(value), "found " + value);
        }
    }

    private Tensor logits(int rows, int classes, double scale, int seed) {
        Random random = new Random(seed);
        Tensor logits = tensor(rows, classes);
        for (int i = 0; i < logits.length(); i++) {
            logits.set(i, (float) (scale * random.nextGaussian()));
        }
        return logits;
    }

    private Tensor labels(int rows, int classes) {
        int[] labels = new Random(5).ints(rows, 0, classes).toArray();
        return tensorOfInts(labels);
    }

    private Tensor tensorOfInts(int... values) {
        Tensor tensor = Tensor.allocateInts(values.length);
        tensors.add(tensor);
        for (int i = 0; i < values.length; i++) {
            tensor.setInt(i, values[i]);
        }
        return tensor;
    }

    private Tensor tensor(int... shape) {
        Tensor tensor = Tensor.allocate(shape);
        tensors.add(tensor);
        return tensor;
    }
}
