package io.aktnode.nn.golden;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.kernel.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

@Tag("golden")
class GoldenTest {

    @Test
    void filesAgreeOnWhatTheyShare() {
        Golden teacher = Golden.open("teacher.npz");
        for (Golden student : Golden.students()) {
            assertArrayEquals(teacher.floats("input"), student.floats("input"));
            assertArrayEquals(teacher.floats("logits"), student.floats("teacher_logits"));
            assertArrayEquals(teacher.ints("labels"), student.ints("labels"));
            assertTrue(student.text("range_order").startsWith("init_block"), "range_order");
        }
    }

    @Test
    void gradientNormIsThatOfTheGradientsInTheFile() {
        for (Golden student : Golden.students()) {
            double squares = 0;
            for (var gradient : student.state("grad/").arrays().values()) {
                squares += Math.pow(Golden.norm(gradient.values()), 2);
            }

            student.assertLoss("grad_norm", Math.sqrt(squares));
        }
    }

    @Test
    void imagesChangeLayoutAndBack() {
        Golden generator = Golden.open("generator.npz");
        int[] nchw = generator.shape("images");
        try (Tensor images = generator.nhwc("images")) {
            assertArrayEquals(new int[] {nchw[0], nchw[2], nchw[3], nchw[1]}, images.shape());
            assertEquals(generator.floats("images")[nchw[2] * nchw[3]], images.get(1));
            assertArrayEquals(generator.floats("images"), Golden.nchw(images));
        }
    }

    @Test
    void refusesToPassAWrongOrMissingNumber() {
        Golden generator = Golden.open("generator.npz");
        float[] wrong = generator.floats("z");
        wrong[0] = Float.NaN;

        assertThrows(AssertionError.class, () -> generator.assertGradient("z", wrong));
        var missing =
                assertThrows(IllegalArgumentException.class, () -> generator.array("no_such"));
        assertTrue(missing.getMessage().startsWith("no_such is not in generator.npz"));
    }
}
