package io.aktnode.nn.engine;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.optim.Parameter;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.zoo.CifarResNet;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.LocalResponseNormalization;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.junit.jupiter.api.Test;
import org.nd4j.linalg.activations.Activation;

class NetworkTest {

    private static final int BATCH = 8;
    private static final int SIZE = 16;

    private static Network student(ComputePool pool, int bits, int shards) {
        Network network =
                Network.compile(
                        CifarResNet.graph(8, 10, SIZE, 1),
                        new NetworkSettings(
                                SIZE,
                                BATCH,
                                shards,
                                NetworkMode.STUDENT,
                                Optional.of(QuantizationConfig.of(bits))),
                        pool);
        network.load(RandomNetworks.parameters(network.parameterShapes(), 2));
        return network;
    }

    @Test
    void theNumberOfThreadsDoesNotChangeASingleBit() {
        List<List<float[]>> results = new ArrayList<>();
        for (int threads : new int[] {1, 3}) {
            try (ComputePool pool = new ComputePool(threads);
                    Network network = student(pool, 3, 4);
                    Tensor images = RandomNetworks.normal(1, BATCH, SIZE, SIZE, 3);
                    Tensor gradients = RandomNetworks.normal(2, BATCH, 10)) {
                List<float[]> result = new ArrayList<>();
                network.calibrate(images);
                result.add(network.forward(images).toFloats());
                result.add(network.inputGradient(gradients).toFloats());
                network.parameterGradients(gradients);
                for (Parameter parameter : network.trainable()) {
                    result.add(parameter.gradient().toFloats());
                }
                results.add(result);
            }
        }
        for (int i = 0; i < results.get(0).size(); i++) {
            assertArrayEquals(results.get(0).get(i), results.get(1).get(i), "result " + i);
        }
    }

    @Test
    void calibrationAndForwardGiveTheSameLogitsForTheSameRanges() {
        try (ComputePool pool = new ComputePool(2);
                Network network = student(pool, 3, 2);
                Tensor images = RandomNetworks.normal(1, BATCH, SIZE, SIZE, 3)) {
            float[] calibrated = network.calibrate(images).toFloats();

            assertArrayEquals(calibrated, network.forward(images).toFloats());
        }
    }

    @Test
    void saysHowFarActivationsReachBeyondTheirRanges() {
        try (ComputePool pool = new ComputePool(2);
                Network network = student(pool, 3, 2);
                Tensor images = RandomNetworks.normal(1, BATCH, SIZE, SIZE, 3)) {
            network.calibrate(images);
            network.forward(images);
            double within = network.activationReach();

            for (int i = 0; i < images.length(); i++) {
                images.set(i, 10 * images.get(i));
            }
            network.forward(images);

            // The ranges hold what this batch came to, of which only a sample is looked at.
            assertTrue(within > 0.5 && within <= 1, "reach " + within);
            assertTrue(network.activationReach() > 4, "reach " + network.activationReach());
        }
    }

    @Test
    void whatAModeNeedNotKeepIsSharedWithoutChangingTheLogits() {
        List<float[]> logits = new ArrayList<>();
        for (NetworkMode mode :
                List.of(NetworkMode.STUDENT, NetworkMode.TEACHER, NetworkMode.INFERENCE)) {
            try (ComputePool pool = new ComputePool(2);
                    Tensor images = RandomNetworks.normal(1, BATCH, SIZE, SIZE, 3);
                    Network network =
                            Network.compile(
                                    CifarResNet.graph(14, 10, SIZE, 1),
                                    new NetworkSettings(SIZE, BATCH, 2, mode, Optional.empty()),
                                    pool)) {
                network.load(RandomNetworks.parameters(network.parameterShapes(), 2));
                network.forward(images);
                logits.add(network.forward(images).toFloats());
            }
        }
        assertArrayEquals(logits.get(0), logits.get(1));
        assertArrayEquals(logits.get(0), logits.get(2));
    }

    @Test
    void aSavedStudentGivesTheSameLogits() {
        try (ComputePool pool = new ComputePool(2);
                Network network = student(pool, 4, 2);
                Network other = student(pool, 4, 2);
                Tensor images = RandomNetworks.normal(1, BATCH, SIZE, SIZE, 3)) {
            network.calibrate(images);
            network.calibrate(images);
            float[] expected = network.forward(images).toFloats();
            StateDict saved = network.save();

            other.load(saved);

            assertArrayEquals(expected, other.forward(images).toFloats());
        }
    }

    @Test
    void aQuantizedNetworkWithoutRangesSaysSo() {
        try (ComputePool pool = new ComputePool(1);
                Network network = student(pool, 3, 1);
                Tensor images = RandomNetworks.normal(1, BATCH, SIZE, SIZE, 3)) {
            IllegalStateException thrown =
                    assertThrows(IllegalStateException.class, () -> network.forward(images));

            assertTrue(thrown.getMessage().contains("calibrate first"), thrown.getMessage());
        }
    }

    @Test
    void imagesOfAnotherShapeAreRefusedWithBothShapes() {
        try (ComputePool pool = new ComputePool(1);
                Network network = student(pool, 3, 1);
                Tensor images = RandomNetworks.normal(1, BATCH, SIZE, SIZE + 1, 3)) {
            IllegalArgumentException thrown =
                    assertThrows(IllegalArgumentException.class, () -> network.calibrate(images));

            assertEquals("images is [8, 16, 17, 3], expected [8, 16, 16, 3]", thrown.getMessage());
        }
    }

    @Test
    void anUnsupportedLayerIsRefusedByName() {
        ComputationGraph graph =
                new ComputationGraph(
                        new NeuralNetConfiguration.Builder()
                                .graphBuilder()
                                .addInputs("in")
                                .setInputTypes(InputType.convolutional(SIZE, SIZE, 3))
                                .addLayer("lrn", new LocalResponseNormalization(), "in")
                                .addLayer(
                                        "conv",
                                        new ConvolutionLayer.Builder(3, 3).nOut(4).build(),
                                        "lrn")
                                .addLayer(
                                        "out",
                                        new DenseLayer.Builder()
                                                .nOut(2)
                                                .activation(Activation.IDENTITY)
                                                .build(),
                                        "conv")
                                .setOutputs("out")
                                .build());
        graph.init();

        IllegalArgumentException thrown =
                assertThrows(
                        IllegalArgumentException.class,
                        () -> GraphCompiler.compile(graph, SIZE, SIZE, 3));

        assertTrue(
                thrown.getMessage().startsWith("layer lrn is a LocalResponseNormalization"),
                thrown.getMessage());
        assertTrue(thrown.getMessage().contains("supported are"), thrown.getMessage());
    }
}
