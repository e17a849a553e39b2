package io.aktnode.nn.engine;

import io.aktnode.nn.golden.Golden;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.Tensor;
import java.util.Arrays;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** The float network, its BN statistics and input gradients against PyTorch. */
@Tag("golden")
class TeacherGoldenTest {

    private final Golden golden = Golden.open("teacher.npz");
    private final ComputePool pool = new ComputePool(2);
    private final Tensor images = golden.nhwc("input");
    private Network network;

    @BeforeEach
    void compile() {
        network = GoldenNetworks.compile(golden, NetworkMode.TEACHER, Optional.empty(), 2, pool);
        network.batchNormStatisticsWeight(1);
    }

    @AfterEach
    void close() {
        network.close();
        images.close();
        pool.close();
    }

    @Test
    void logitsEqualPyTorchs() {
        golden.assertClose("logits", network.forward(images).toFloats(), Golden.LOSS_TOLERANCE);
    }

    @Test
    void batchNormStatisticsAndTheirGradientEqualPyTorchs() {
        network.forward(images);

        golden.assertLoss("bn_statistics_loss", network.batchNormStatistics());

        try (Tensor zero = Tensor.allocate(golden.shape("logits")).zero()) {
            golden.assertGradient(
                    "bn_statistics_grad_input", Golden.nchw(network.inputGradient(zero)));
        }
    }

    @Test
    void crossEntropyAndItsInputGradientEqualPyTorchs() {
        network.batchNormStatisticsWeight(0);
        float[] logits = network.forward(images).toFloats();
        network.batchNormStatistics();
        int classes = golden.shape("logits")[1];
        int[] labels = golden.ints("labels");
        float[] gradient = new float[logits.length];
        double loss = 0;
        for (int n = 0; n < labels.length; n++) {
            float[] row = Arrays.copyOfRange(logits, n * classes, (n + 1) * classes);
            double sum = 0;
            for (float value : row) {
                sum += Math.exp(value);
            }
            loss += (Math.log(sum) - row[labels[n]]) / labels.length;
            for (int c = 0; c < classes; c++) {
                double hot = c == labels[n] ? 1 : 0;
                gradient[n * classes + c] =
                        (float) ((Math.exp(row[c]) / sum - hot) / labels.length);
            }
        }

        golden.assertLoss("cross_entropy", loss);
        try (Tensor gradients = Tensor.of(gradient, labels.length, classes)) {
            golden.assertGradient(
                    "cross_entropy_grad_input", Golden.nchw(network.inputGradient(gradients)));
        }
    }
}
