package io.aktnode.nn.engine;

import io.aktnode.nn.engine.PlanNode.ConvolutionUnit;
import io.aktnode.nn.engine.PlanNode.Dense;
import io.aktnode.nn.engine.PlanNode.GlobalAveragePool;
import io.aktnode.nn.kernel.ConvolutionShape;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.deeplearning4j.nn.conf.graph.ElementWiseVertex;
import org.deeplearning4j.nn.conf.graph.GraphVertex;
import org.deeplearning4j.nn.conf.graph.LayerVertex;
import org.deeplearning4j.nn.conf.layers.ActivationLayer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.conf.layers.GlobalPoolingLayer;
import org.deeplearning4j.nn.conf.layers.Layer;
import org.deeplearning4j.nn.conf.layers.PoolingType;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.activations.impl.ActivationIdentity;
import org.nd4j.linalg.activations.impl.ActivationReLU;

/**
 * Turns a DL4J graph into a {@link NetworkPlan} by recognising convolution + batch norm (+ add) (+
 * ReLU), global average pooling and dense layers. Anything else is refused by name.
 */
final class GraphCompiler {

    private static final String SUPPORTED =
            "supported are ConvolutionLayer followed by BatchNormalization, ElementWiseVertex Add"
                    + " whose first input is such a branch, ReLU after either, average"
                    + " GlobalPoolingLayer and DenseLayer";

    private final ComputationGraph graph;
    private final Map<String, GraphVertex> vertices;
    private final Map<String, List<String>> inputs;
    private final Map<String, List<String>> readers = new HashMap<>();
    private final Map<String, Integer> values = new HashMap<>();
    private final List<PlanNode> nodes = new ArrayList<>();
    private final int height;
    private final int width;
    private final int channels;

    private GraphCompiler(ComputationGraph graph, int height, int width, int channels) {
        this.graph = graph;
        this.height = height;
        this.width = width;
        this.channels = channels;
        this.vertices = graph.getConfiguration().getVertices();
        this.inputs = graph.getConfiguration().getVertexInputs();
        inputs.forEach(
                (vertex, from) ->
                        from.forEach(
                                input ->
                                        readers.computeIfAbsent(input, key -> new ArrayList<>())
                                                .add(vertex)));
    }

    /**
     * @throws IllegalArgumentException naming the first vertex that is not supported
     */
    static NetworkPlan compile(ComputationGraph graph, int height, int width, int channels) {
        return new GraphCompiler(graph, height, width, channels).plan();
    }

    private NetworkPlan plan() {
        List<String> networkInputs = graph.getConfiguration().getNetworkInputs();
        List<String> networkOutputs = graph.getConfiguration().getNetworkOutputs();
        if (networkInputs.size() != 1 || networkOutputs.size() != 1) {
            throw new IllegalArgumentException(
                    "the graph has inputs "
                            + networkInputs
                            + " and outputs "
                            + networkOutputs
                            + "; exactly one of each is supported");
        }
        values.put(networkInputs.get(0), NetworkPlan.IMAGES);
        graph.getConfiguration().getTopologicalOrderStr().stream()
                .filter(name -> vertices.containsKey(name) && !values.containsKey(name))
                .forEach(this::add);
        Integer logits = values.get(networkOutputs.get(0));
        if (logits == null || logits != nodes.size() - 1) {
            throw new IllegalArgumentException(
                    "output " + networkOutputs.get(0) + " is not the last layer of the graph");
        }
        return new NetworkPlan(height, width, channels, nodes);
    }

    /** Plans the node that a vertex completes; a vertex fused into a later one adds nothing. */
    private void add(String name) {
        if (vertices.get(name) instanceof ElementWiseVertex add) {
            addResidual(name, add);
            return;
        }
        Layer layer = layer(name);
        if (layer instanceof ConvolutionLayer) {
            requireBatchNormAfter(name);
        } else if (layer instanceof BatchNormalization) {
            if (!startsAnAdd(name)) {
                addConvolution(name, NetworkPlan.NONE, name);
            }
        } else if (layer instanceof GlobalPoolingLayer pooling) {
            addPooling(name, pooling);
        } else if (layer instanceof DenseLayer dense) {
            addDense(name, dense);
        } else if (!(layer instanceof ActivationLayer) || !values.containsKey(name)) {
            throw unsupported(name, layer);
        }
    }

    /** A residual body's batch norm feeds nothing but an add, as its first input. */
    private boolean startsAnAdd(String batchNorm) {
        List<String> read = readers.getOrDefault(batchNorm, List.of());
        return read.size() == 1
                && vertices.get(read.get(0)) instanceof ElementWiseVertex
                && inputs.get(read.get(0)).get(0).equals(batchNorm);
    }

    private void addResidual(String name, ElementWiseVertex add) {
        List<String> operands = inputs.get(name);
        String body = operands.get(0);
        boolean fusible =
                add.getOp() == ElementWiseVertex.Op.Add
                        && operands.size() == 2
                        && vertices.get(body) instanceof LayerVertex
                        && layer(body) instanceof BatchNormalization
                        && startsAnAdd(body);
        if (!fusible) {
            throw new IllegalArgumentException(
                    "vertex " + name + " is " + add.getOp() + " of " + operands + "; " + SUPPORTED);
        }
        addConvolution(body, value(operands.get(1)), name);
    }

    /**
     * Plans the convolution before a batch norm with what follows.
     *
     * @param end the vertex whose readers come next: the batch norm or the add
     */
    private void addConvolution(String batchNorm, int skip, String end) {
        String convolution = inputs.get(batchNorm).get(0);
        if (!(vertices.get(convolution) instanceof LayerVertex)
                || !(layer(convolution) instanceof ConvolutionLayer)) {
            throw new IllegalArgumentException(
                    "batch norm " + batchNorm + " follows " + convolution + "; " + SUPPORTED);
        }
        int input = value(inputs.get(convolution).get(0));
        String relu = reluAfter(end);
        BatchNormalization norm = (BatchNormalization) layer(batchNorm);
        if (norm.isUseLogStd()) {
            throw new IllegalArgumentException(
                    "batch norm "
                            + batchNorm
                            + " stores the logarithm of its deviation; build it with"
                            + " useLogStd(false)");
        }
        nodes.add(
                new ConvolutionUnit(
                        input,
                        convolution,
                        shape(convolution, (ConvolutionLayer) layer(convolution), input),
                        batchNorm,
                        norm.getEps(),
                        skip,
                        relu));
        values.put(relu == null ? end : relu, nodes.size() - 1);
    }

    private ConvolutionShape shape(String name, ConvolutionLayer layer, int input) {
        requireEqual(name, "kernel", layer.getKernelSize());
        requireEqual(name, "stride", layer.getStride());
        requireEqual(name, "padding", layer.getPadding());
        if (layer.hasBias() || layer.getDilation()[0] != 1 || layer.getDilation()[1] != 1) {
            throw new IllegalArgumentException(
                    "convolution "
                            + name
                            + " has a bias or dilation; supported are plain ones, whose bias is"
                            + " their batch norm's");
        }
        int inChannels = input == NetworkPlan.IMAGES ? channels : nodes.get(input).channels();
        if (layer.getNIn() != inChannels) {
            throw new IllegalArgumentException(
                    "convolution "
                            + name
                            + " reads "
                            + layer.getNIn()
                            + " channels, but its input has "
                            + inChannels);
        }
        return new ConvolutionShape(
                inChannels,
                (int) layer.getNOut(),
                layer.getKernelSize()[0],
                layer.getStride()[0],
                layer.getPadding()[0],
                input == NetworkPlan.IMAGES ? height : nodes.get(input).height(),
                input == NetworkPlan.IMAGES ? width : nodes.get(input).width());
    }

    private static void requireEqual(String name, String what, int[] extents) {
        if (extents[0] != extents[1]) {
            throw new IllegalArgumentException(
                    "convolution "
                            + name
                            + " has "
                            + what
                            + " "
                            + extents[0]
                            + "x"
                            + extents[1]
                            + "; supported are equal extents in both directions");
        }
    }

    private void addPooling(String name, GlobalPoolingLayer pooling) {
        if (pooling.getPoolingType() != PoolingType.AVG) {
            throw unsupported(name, pooling);
        }
        int input = value(inputs.get(name).get(0));
        nodes.add(new GlobalAveragePool(input, nodes.get(input).channels()));
        values.put(name, nodes.size() - 1);
    }

    private void addDense(String name, DenseLayer dense) {
        int input = value(inputs.get(name).get(0));
        boolean flat =
                input >= 0 && nodes.get(input).height() == 1 && nodes.get(input).width() == 1;
        if (!(dense.getActivationFn() instanceof ActivationIdentity) || !dense.hasBias() || !flat) {
            throw new IllegalArgumentException(
                    "dense layer "
                            + name
                            + " must have a bias and no activation and follow global pooling or"
                            + " another dense layer");
        }
        nodes.add(new Dense(input, name, (int) dense.getNIn(), (int) dense.getNOut()));
        values.put(name, nodes.size() - 1);
    }

    private void requireBatchNormAfter(String convolution) {
        List<String> read = readers.getOrDefault(convolution, List.of());
        boolean single =
                read.size() == 1
                        && vertices.get(read.get(0)) instanceof LayerVertex
                        && layer(read.get(0)) instanceof BatchNormalization;
        if (!single) {
            throw new IllegalArgumentException(
                    "convolution " + convolution + " is read by " + read + "; " + SUPPORTED);
        }
    }

    /** The ReLU that alone reads a vertex, or null. */
    private String reluAfter(String name) {
        List<String> read = readers.getOrDefault(name, List.of());
        boolean relu =
                read.size() == 1
                        && vertices.get(read.get(0)) instanceof LayerVertex
                        && layer(read.get(0)) instanceof ActivationLayer activation
                        && activation.getActivationFn() instanceof ActivationReLU;
        return relu ? read.get(0) : null;
    }

    private int value(String name) {
        Integer value = values.get(name);
        if (value == null) {
            throw new IllegalArgumentException(
                    "the value of " + name + " is read on its own; " + SUPPORTED);
        }
        return value;
    }

    private Layer layer(String name) {
        GraphVertex vertex = vertices.get(name);
        if (vertex instanceof LayerVertex layerVertex) {
            return layerVertex.getLayerConf().getLayer();
        }
        throw new IllegalArgumentException(
                "vertex " + name + " is a " + vertex.getClass().getSimpleName() + "; " + SUPPORTED);
    }

    private static IllegalArgumentException unsupported(String name, Layer layer) {
        return new IllegalArgumentException(
                "layer " + name + " is a " + layer.getClass().getSimpleName() + "; " + SUPPORTED);
    }
}
