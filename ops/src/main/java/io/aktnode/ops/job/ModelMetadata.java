package io.aktnode.ops.job;

import io.aktnode.nn.data.Normalization;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.zoo.Architecture;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The metadata under which a safetensors file of ours says what network it holds. */
final class ModelMetadata {

    static final String ARCHITECTURE = "arch";
    static final String CLASSES = "classes";
    static final String IMAGE_SIZE = "image_size";
    static final String MEAN = "mean";
    static final String STD = "std";
    private static final String WEIGHT_BITS = "weight_bits";
    private static final String ACTIVATION_BITS = "activation_bits";
    private static final String LAYER_BITS = "weight_bits_by_layer";

    private ModelMetadata() {}

    static void describe(
            StateDict target,
            Architecture architecture,
            Normalization normalization,
            Optional<QuantizationConfig> quantization) {
        target.putMetadata(ARCHITECTURE, architecture.name())
                .putMetadata(CLASSES, Integer.toString(architecture.classes()))
                .putMetadata(IMAGE_SIZE, Integer.toString(architecture.size()))
                .putMetadata(MEAN, join(normalization.mean()))
                .putMetadata(STD, join(normalization.std()));
        quantization.ifPresent(bits -> describe(target, bits));
    }

    private static void describe(StateDict target, QuantizationConfig bits) {
        String layers =
                new TreeMap<>(bits.weightBitsByLayer())
                        .entrySet().stream()
                                .map(entry -> entry.getKey() + "=" + entry.getValue())
                                .collect(Collectors.joining(","));
        target.putMetadata(WEIGHT_BITS, Integer.toString(bits.weightBits()))
                .putMetadata(ACTIVATION_BITS, Integer.toString(bits.activationBits()))
                .putMetadata(LAYER_BITS, layers);
    }

    static Optional<String> text(StateDict state, String key) {
        return Optional.ofNullable(state.metadata().get(key)).filter(value -> !value.isBlank());
    }

    static Optional<Normalization> normalization(StateDict state) {
        if (text(state, MEAN).isEmpty() || text(state, STD).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(
                new Normalization(numbers(state.metadata(MEAN)), numbers(state.metadata(STD))));
    }

    static Optional<QuantizationConfig> quantization(StateDict state) {
        if (text(state, WEIGHT_BITS).isEmpty()) {
            return Optional.empty();
        }
        TreeMap<String, Integer> layers = new TreeMap<>();
        text(state, LAYER_BITS)
                .ifPresent(
                        list -> {
                            for (String entry : list.split(",")) {
                                int cut = entry.lastIndexOf('=');
                                layers.put(
                                        entry.substring(0, cut),
                                        Integer.parseInt(entry.substring(cut + 1)));
                            }
                        });
        return Optional.of(
                new QuantizationConfig(
                        Integer.parseInt(state.metadata(WEIGHT_BITS)),
                        Integer.parseInt(state.metadata(ACTIVATION_BITS)),
                        layers));
    }

    private static String join(List<Double> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }

    private static List<Double> numbers(String joined) {
        return Arrays.stream(joined.split(",")).map(Double::valueOf).toList();
    }
}
