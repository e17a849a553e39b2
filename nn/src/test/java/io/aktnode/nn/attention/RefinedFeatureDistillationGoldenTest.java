package io.aktnode.nn.attention;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aktnode.nn.golden.Golden;
import io.aktnode.nn.kernel.ChannelVector;
import io.aktnode.nn.kernel.Tensor;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Attention maps, the feature loss and its gradient against PyTorch. */
@Tag("golden")
class RefinedFeatureDistillationGoldenTest {

    private final Golden golden = Golden.open("refined_feature_distillation.npz");

    @Test
    void attentionMapsLossAndGradientEqualPyTorchs() {
        double loss = 0;
        int tap = 0;
        for (; golden.contains("student_" + tap); tap++) {
            loss += lossOfTap(tap);
        }

        double expected = golden.scalar("loss");
        assertEquals(expected, loss, tap * tolerance(expected), tap + " taps");
    }

    private double lossOfTap(int tap) {
        int[] shape = golden.shape("student_" + tap);
        int images = shape[0];
        int channels = shape[1];
        int pixels = shape[2] * shape[3];
        ChannelVector one = ChannelVector.filled(channels, 1);
        ChannelVector zero = new ChannelVector(channels);
        TapAttention attention = new TapAttention(channels, pixels);
        RefinedFeatureDistillation distillation =
                new RefinedFeatureDistillation(
                        channels, pixels, golden.scalar("temperature"), golden.scalar("weight"));
        try (Tensor student = golden.nhwc("student_" + tap);
                Tensor teacher = golden.nhwc("teacher_" + tap);
                Tensor channel = Tensor.allocate(images, channels);
                Tensor spatial = Tensor.allocate(images, pixels);
                Tensor gradient = Tensor.allocate(student.shape()).zero()) {
            maps(attention, student, one, zero, channel, spatial);
            boolean ofStudent = matches("channel_attention_" + tap, channel);
            if (ofStudent) {
                golden.assertClose("spatial_attention_" + tap, spatial.toFloats(), 1e-4);
            }
            maps(attention, teacher, one, zero, channel, spatial);
            if (!ofStudent) {
                golden.assertClose("channel_attention_" + tap, channel.toFloats(), 1e-4);
                golden.assertClose("spatial_attention_" + tap, spatial.toFloats(), 1e-4);
            }
            double loss = 0;
            for (int n = 0; n < images; n++) {
                loss +=
                        distillation.lossAndGradient(
                                student, n, one, zero, channel, spatial, n, gradient);
            }
            golden.assertGradient("student_grad_" + tap, Golden.nchw(gradient));
            double divergences =
                    golden.scalar("channel_kl_" + tap) + golden.scalar("spatial_kl_" + tap);
            double expected = golden.scalar("weight") * divergences;
            assertEquals(expected, loss, tolerance(expected), "tap " + tap);
            double exact =
                    golden.scalar("weight")
                            * (divergence(
                                            channelAttention(tap, "student_"),
                                            channelAttention(tap, "teacher_"))
                                    + divergence(
                                            spatialAttention(tap, "student_"),
                                            spatialAttention(tap, "teacher_")));
            assertEquals(exact, loss, 1e-5 * exact, "tap " + tap + " in double precision");
            return loss;
        }
    }

    /**
     * The file's divergences are float32 sums of logarithms near 2 to 4 that cancel to some 1e-4,
     * so beside 1e-4 of the loss each image's two divergences may be off by a float32 rounding
     * unit.
     */
    private double tolerance(double loss) {
        int images = golden.shape("student_0")[0];
        double roundingUnit = Math.scalb(1.0, -24);
        return 1e-4 * loss + golden.scalar("weight") * 2 * images * roundingUnit;
    }

    /** Σ over images of KL(softmax(teacher/τ) ‖ softmax(student/τ)), from the definition. */
    private double divergence(double[][] student, double[][] teacher) {
        double temperature = golden.scalar("temperature");
        double sum = 0;
        for (int n = 0; n < student.length; n++) {
            double[] s = softmax(student[n], temperature);
            double[] t = softmax(teacher[n], temperature);
            for (int i = 0; i < s.length; i++) {
                sum += t[i] * Math.log(t[i] / s[i]);
            }
        }
        return sum;
    }

    private static double[] softmax(double[] row, double temperature) {
        double[] result = new double[row.length];
        double sum = 0;
        for (double value : row) {
            sum += Math.exp(value / temperature);
        }
        for (int i = 0; i < row.length; i++) {
            result[i] = Math.exp(row[i] / temperature) / sum;
        }
        return result;
    }

    /** A_c of every image, from the definition. */
    private double[][] channelAttention(int tap, String who) {
        int[] shape = golden.shape(who + tap);
        float[] f = golden.floats(who + tap);
        int pixels = shape[2] * shape[3];
        double[][] result = new double[shape[0]][shape[1]];
        for (int i = 0; i < f.length; i++) {
            result[i / pixels / shape[1]][i / pixels % shape[1]] += (double) f[i] * f[i] / pixels;
        }
        for (int n = 0; n < result.length; n++) {
            result[n] = softmax(result[n], 1);
        }
        return result;
    }

    /** A_s of every image, from the definition. */
    private double[][] spatialAttention(int tap, String who) {
        int[] shape = golden.shape(who + tap);
        float[] f = golden.floats(who + tap);
        int pixels = shape[2] * shape[3];
        double[][] result = new double[shape[0]][pixels];
        for (int i = 0; i < f.length; i++) {
            result[i / pixels / shape[1]][i % pixels] += (double) f[i] * f[i] / shape[1];
        }
        for (double[] row : result) {
            double squares = 0;
            for (double value : row) {
                squares += value * value;
            }
            for (int p = 0; p < pixels; p++) {
                row[p] /= Math.sqrt(squares);
            }
        }
        return result;
    }

    private boolean matches(String name, Tensor actual) {
        return Golden.distance(golden.floats(name), actual.toFloats())
                < 1e-4 * Golden.norm(golden.floats(name));
    }

    private static void maps(
            TapAttention attention,
            Tensor tap,
            ChannelVector a,
            ChannelVector b,
            Tensor channel,
            Tensor spatial) {
        for (int n = 0; n < tap.extent(0); n++) {
            attention.of(tap, n, a, b);
            for (int c = 0; c < attention.channels(); c++) {
                channel.set(n * attention.channels() + c, (float) attention.channel()[c]);
            }
            for (int p = 0; p < attention.pixels(); p++) {
                spatial.set(n * attention.pixels() + p, (float) attention.spatial()[p]);
            }
        }
    }
}
