package io.aktnode.ops.job;

import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.ops.config.SettingsException;
import java.util.List;
import java.util.TreeSet;

/** Widths of single layers: one for a layer that is not there would silently have no effect. */
public final class LayerWidths {

    private static final String WEIGHT = ".weight";

    private LayerWidths() {}

    /**
     * @throws SettingsException naming a layer with a width of its own that the network has not
     */
    public static void require(QuantizationConfig bits, Model network) {
        List<String> layers = layers(network);
        for (String layer : new TreeSet<>(bits.weightBitsByLayer().keySet())) {
            if (!layers.contains(layer)) {
                throw new SettingsException(
                        "akt.quantization.weight-bits-by-layer gives a width to "
                                + layer
                                + ", which is no convolution or dense layer of "
                                + network.name()
                                + "; its layers are "
                                + layers.get(0)
                                + ", "
                                + layers.get(1)
                                + ", ... "
                                + layers.get(layers.size() - 1));
            }
        }
    }

    /** Of batch norms the weight is a vector. */
    private static List<String> layers(Model network) {
        return network.weights().arrays().entrySet().stream()
                .filter(entry -> entry.getKey().endsWith(WEIGHT))
                .filter(entry -> entry.getValue().shape().length > 1)
                .map(entry -> entry.getKey().replace(WEIGHT, ""))
                .toList();
    }
}
