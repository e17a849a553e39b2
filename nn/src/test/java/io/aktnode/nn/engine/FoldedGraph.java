package io.aktnode.nn.engine;

import io.aktnode.nn.model.StateDict;
import java.util.Map;
import org.deeplearning4j.nn.conf.ComputationGraphConfiguration;
import org.deeplearning4j.nn.conf.NeuralNetConfiguration;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.inputs.InputType;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.Activation;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * DL4J's own network for a graph whose batch norms are frozen: each is folded into a bias and a
 * scale of its convolution, because DL4J differentiates batch norms in training mode only.
 */
final class FoldedGraph {

    private FoldedGraph() {}

    static ComputationGraph of(ComputationGraph graph, StateDict weights, int size) {
        ComputationGraphConfiguration from = graph.getConfiguration();
        ComputationGraphConfiguration.GraphBuilder to =
                new NeuralNetConfiguration.Builder().graphBuilder();
        to.addInputs(from.getNetworkInputs()).setInputTypes(InputType.convolutional(size, size, 3));
        Map<String, GraphVertex> vertices = from.getVertices();
        for (String name : from.getTopologicalOrderStr()) {
            GraphVertex vertex = vertices.get(name);
            if (vertex == null) {
                continue;
            }
            String[] inputs =
                    from.getVertexInputs().get(name).stream()
                            .map(input -> withoutBatchNorm(input, vertices, from))
                            .toArray(String[]::new);
            if (vertex instanceof ElementWiseVertex) {
                to.addVertex(name, new ElementWiseVertex(ElementWiseVertex.Op.Add), inputs);
                continue;
            }
            Layer layer = ((LayerVertex) vertex).getLayerConf().getLayer();
            if (layer instanceof ConvolutionLayer convolution) {
                to.addLayer(name, withBias(convolution), inputs);
            } else if (!(layer instanceof BatchNormalization)) {
                to.addLayer(name, layer.clone(), inputs);
            }
        }
        to.setOutputs(from.getNetworkOutputs().toArray(String[]::new));
        ComputationGraph folded = new ComputationGraph(to.build());
        folded.init();
        load(folded, weights);
        return folded;
    }

    private static String withoutBatchNorm(
            String name, Map<String, GraphVertex> vertices, ComputationGraphConfiguration graph) {
        boolean batchNorm =
                vertices.get(name) instanceof LayerVertex vertex
                        && vertex.getLayerConf().getLayer() instanceof BatchNormalization;
        return batchNorm ? graph.getVertexInputs().get(name).get(0) : name;
    }

    private static ConvolutionLayer withBias(ConvolutionLayer layer) {
        return new ConvolutionLayer.Builder(layer.getKernelSize())
                .stride(layer.getStride())
                .padding(layer.getPadding())
                .nIn(layer.getNIn())
                .nOut(layer.getNOut())
                .hasBias(true)
                .activation(Activation.IDENTITY)
                .build();
    }

    private static void load(ComputationGraph folded, StateDict weights) {
        for (org.deeplearning4j.nn.api.Layer layer : folded.getLayers()) {
            String name = layer.conf().getLayer().getLayerName();
            if (layer.conf().getLayer() instanceof ConvolutionLayer) {
                String norm = batchNormOf(name);
                float[] weight = weights.get(name + ".weight").values().clone();
                float[] bias = new float[weights.get(norm + ".bias").values().length];
                int each = weight.length / bias.length;
                for (int c = 0; c < bias.length; c++) {
                    double a = scale(weights, norm, c);
                    for (int i = 0; i < each; i++) {
                        weight[c * each + i] *= (float) a;
                    }
                    bias[c] =
                            (float)
                                    (weights.get(norm + ".bias").values()[c]
                                            - a * weights.get(norm + ".running_mean").values()[c]);
                }
                assign(layer.getParam("W"), weight);
                assign(layer.getParam("b"), bias);
            } else if (layer.numParams() > 0) {
                INDArray target = layer.getParam("W").transpose();
                target.assign(
                        Nd4j.create(weights.get(name + ".weight").values(), target.shape(), 'c'));
                assign(layer.getParam("b"), weights.get(name + ".bias").values());
            }
        }
    }

    static String batchNormOf(String convolution) {
        return convolution.substring(0, convolution.length() - ".conv".length()) + ".bn";
    }

    /** γ/√(σ²+ε), with the zoo's ε. */
    static double scale(StateDict weights, String batchNorm, int channel) {
        return weights.get(batchNorm + ".weight").values()[channel]
                / Math.sqrt(weights.get(batchNorm + ".running_var").values()[channel] + 1e-5);
    }

    private static void assign(INDArray target, float[] values) {
        target.assign(Nd4j.create(values, target.shape(), 'c'));
    }
}
