package io.aktnode.nn.zoo;

import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.ConvolutionMode;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.deeplearning4j.nn.weights.WeightInit;
import org.nd4j.linalg.activations.Activation;

/**
 * The CIFAR ResNets of depth 6n+2 (He et al. 2016): three stages of n units with 16, 32 and 64
 * channels. Vertices are named so that parameters carry pytorchcv's names, such as {@code
 * features.stage1.unit1.body.conv1.conv}.
 */
public final class CifarResNet {

    private static final int[] STAGE_CHANNELS = {16, 32, 64};
    private static final double BATCH_NORM_EPSILON = 1e-5;

    private final int unitsPerStage;
    private final int classes;
    private final int size;
    private final ComputationGraphConfiguration.GraphBuilder graph;

    private CifarResNet(int unitsPerStage, int classes, int size, long seed) {
        this.unitsPerStage = unitsPerStage;
        this.classes = classes;
        this.size = size;
        this.graph =
                new NeuralNetConfiguration.Builder()
                        .seed(seed)
                        .weightInit(WeightInit.RELU)
                        .convolutionMode(ConvolutionMode.Truncate)
                        .graphBuilder();
    }

    /**
     * @param depth 6n+2: 8, 14, 20, 26, …
     * @param classes outputs
     * @param size height and width of the RGB images
     * @param seed of the initial weights
     */
    public static ComputationGraph graph(int depth, int classes, int size, long seed) {
        if (depth < 8 || (depth - 2) % 6 != 0) {
            throw new IllegalArgumentException(
                    "depth="
                            + depth
                            + " is no CIFAR ResNet; choose 6n+2, such as 8, 14, 20, 32 or 56");
        }
        if (classes < 2) {
            throw new IllegalArgumentException("classes=" + classes + " must be 2 or more");
        }
        ComputationGraph network =
                new ComputationGraph(
                        new CifarResNet((depth - 2) / 6, classes, size, seed).configuration());
        network.init();
        return network;
    }

    private ComputationGraphConfiguration configuration() {
        graph.addInputs("input").setInputTypes(InputType.convolutional(size, size, 3));
        String last = convolutionUnit("features.init_block", "input", 3, 16, 3, 1);
        last = relu("features.init_block.activ", last);
        int channels = 16;
        for (int stage = 1; stage <= STAGE_CHANNELS.length; stage++) {
            int out = STAGE_CHANNELS[stage - 1];
            for (int unit = 1; unit <= unitsPerStage; unit++) {
                int stride = stage > 1 && unit == 1 ? 2 : 1;
                String name = "features.stage" + stage + ".unit" + unit;
                last = residualUnit(name, last, channels, out, stride);
                channels = out;
            }
        }
        graph.addLayer(
                "features.final_pool",
                new GlobalPoolingLayer.Builder().poolingType(PoolingType.AVG).build(),
                last);
        graph.addLayer(
                "output",
                new DenseLayer.Builder()
                        .nIn(channels)
                        .nOut(classes)
                        .activation(Activation.IDENTITY)
                        .build(),
                "features.final_pool");
        return graph.setOutputs("output").build();
    }

    private String residualUnit(String name, String input, int in, int out, int stride) {
        String first = convolutionUnit(name + ".body.conv1", input, in, out, 3, stride);
        first = relu(name + ".body.conv1.activ", first);
        String body = convolutionUnit(name + ".body.conv2", first, out, out, 3, 1);
        String identity =
                in == out && stride == 1
                        ? input
                        : convolutionUnit(name + ".identity_conv", input, in, out, 1, stride);
        graph.addVertex(
                name + ".add", new ElementWiseVertex(ElementWiseVertex.Op.Add), body, identity);
        return relu(name + ".activ", name + ".add");
    }

    private String convolutionUnit(
            String name, String input, int in, int out, int kernel, int stride) {
        graph.addLayer(
                name + ".conv",
                new ConvolutionLayer.Builder(kernel, kernel)
                        .stride(stride, stride)
                        .padding(kernel / 2, kernel / 2)
                        .nIn(in)
                        .nOut(out)
                        .hasBias(false)
                        .activation(Activation.IDENTITY)
                        .build(),
                input);
        graph.addLayer(
                name + ".bn",
                new BatchNormalization.Builder()
                        .nIn(out)
                        .nOut(out)
                        .eps(BATCH_NORM_EPSILON)
                        .useLogStd(false)
                        .build(),
                name + ".conv");
        return name + ".bn";
    }

    private String relu(String name, String input) {
        graph.addLayer(
                name, new ActivationLayer.Builder().activation(Activation.RELU).build(), input);
        return name;
    }
}
