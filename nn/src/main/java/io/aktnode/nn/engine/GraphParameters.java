package io.aktnode.nn.engine;

import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import java.util.LinkedHashMap;
import java.util.Map;
import org.deeplearning4j.nn.api.Layer;
import org.deeplearning4j.nn.conf.layers.BatchNormalization;
import org.deeplearning4j.nn.conf.layers.ConvolutionLayer;
import org.deeplearning4j.nn.conf.layers.DenseLayer;
import org.deeplearning4j.nn.graph.ComputationGraph;
import org.nd4j.linalg.api.ndarray.INDArray;
import org.nd4j.linalg.factory.Nd4j;

/**
 * Moves parameters between a DL4J graph and a {@link StateDict} with PyTorch's names and layouts:
 * convolution (out,in,kH,kW), dense (out,in), batch norm weight, bias, running_mean, running_var.
 */
public final class GraphParameters {

    private GraphParameters() {}

    public static StateDict read(ComputationGraph graph) {
        StateDict state = new StateDict();
        for (Layer layer : graph.getLayers()) {
            names(layer)
                    .forEach(
                            (suffix, parameter) -> {
                                INDArray array = oriented(layer, suffix, layer.getParam(parameter));
                                state.put(
                                        name(layer, suffix),
                                        new FloatArray(
                                                shape(suffix, array),
                                                array.dup('c').data().asFloat()));
                            });
        }
        return state;
    }

    /** Overwrites all parameters of a graph; names and shapes must be the graph's. */
    public static void write(StateDict state, ComputationGraph graph) {
        for (Layer layer : graph.getLayers()) {
            names(layer)
                    .forEach(
                            (suffix, parameter) -> {
                                INDArray target =
                                        oriented(layer, suffix, layer.getParam(parameter));
                                float[] values = state.get(name(layer, suffix)).values();
                                target.assign(Nd4j.create(values, target.shape(), 'c'));
                            });
        }
    }

    private static String name(Layer layer, String suffix) {
        return layer.conf().getLayer().getLayerName() + "." + suffix;
    }

    /** A view in PyTorch's orientation: DL4J's dense weights are (in,out), PyTorch's (out,in). */
    private static INDArray oriented(Layer layer, String suffix, INDArray array) {
        boolean dense = layer.conf().getLayer() instanceof DenseLayer && suffix.equals("weight");
        return dense ? array.transpose() : array;
    }

    /**
     * DL4J keeps vectors as (1,n); only weights of convolutions and dense layers have more extents.
     */
    private static int[] shape(String suffix, INDArray array) {
        boolean vector = !suffix.equals("weight") || array.rank() <= 2 && array.size(0) == 1;
        if (vector) {
            return new int[] {(int) array.length()};
        }
        int[] shape = new int[array.rank()];
        for (int i = 0; i < shape.length; i++) {
            shape[i] = (int) array.size(i);
        }
        return shape;
    }

    private static Map<String, String> names(Layer layer) {
        Map<String, String> names = new LinkedHashMap<>();
        org.deeplearning4j.nn.conf.layers.Layer description = layer.conf().getLayer();
        if (description instanceof ConvolutionLayer) {
            names.put("weight", "W");
        } else if (description instanceof DenseLayer) {
            names.put("weight", "W");
            names.put("bias", "b");
        } else if (description instanceof BatchNormalization) {
            names.put("weight", "gamma");
            names.put("bias", "beta");
            names.put("running_mean", "mean");
            names.put("running_var", "var");
        }
        return names;
    }
}
