package io.aktnode.ops.job;

import io.aktnode.nn.data.Normalization;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.zoo.Architecture;
import io.aktnode.ops.config.TeacherSettings;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The metadata under which a safetensors file of ours says what network it holds. A file may come
 * from anywhere: what cannot be read is refused by an {@link IllegalArgumentException} that names
 * it.
 */
final class ModelMetadata {

    private static final String ARCHITECTURE = "arch";
    private static final String CLASSES = "classes";
    private static final String IMAGE_SIZE = "image_size";
    private static final String MEAN = "mean";
    private static final String STD = "std";
    private static final String WEIGHT_BITS = "weight_bits";
    private static final String ACTIVATION_BITS = "activation_bits";
    private static final String LAYER_BITS = "weight_bits_by_layer";

    private static final Pattern LAYER_AND_BITS = Pattern.compile("(.+)=([0-9])");

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

    static Optional<String> architecture(StateDict state) {
        return text(state, ARCHITECTURE);
    }

    static Optional<Integer> classes(StateDict state) {
        return whole(state, CLASSES, TeacherSettings.MOST_CLASSES);
    }

    static Optional<Integer> imageSize(StateDict state) {
        return whole(state, IMAGE_SIZE, TeacherSettings.MOST_PIXELS);
    }

    static Optional<Normalization> normalization(StateDict state) {
        if (text(state, MEAN).isEmpty() || text(state, STD).isEmpty()) {
            return Optional.empty();
        }
        return Optional.of(new Normalization(numbers(state, MEAN), numbers(state, STD)));
    }

    static Optional<QuantizationConfig> quantization(StateDict state) {
        return whole(state, WEIGHT_BITS, QuantizationConfig.HIGHEST_BITS)
                .map(
                        weightBits ->
                                new QuantizationConfig(
                                        weightBits, activationBits(state), layerBits(state)));
    }

    private static int activationBits(StateDict state) {
        return whole(state, ACTIVATION_BITS, QuantizationConfig.HIGHEST_BITS)
                .orElseThrow(
                        () ->
                                new IllegalArgumentException(
                                        "metadata "
                                                + ACTIVATION_BITS
                                                + " are missing beside "
                                                + WEIGHT_BITS
                                                + "; write the file anew"));
    }

    private static TreeMap<String, Integer> layerBits(StateDict state) {
        TreeMap<String, Integer> layers = new TreeMap<>();
        for (String entry :
                text(state, LAYER_BITS).map(list -> list.split(",")).orElse(new String[0])) {
            Matcher matcher = LAYER_AND_BITS.matcher(entry);
            if (!matcher.matches()) {
                throw wrong(state, LAYER_BITS, "LAYER=BITS with commas between", null);
            }
            layers.put(matcher.group(1), Integer.valueOf(matcher.group(2)));
        }
        return layers;
    }

    private static Optional<String> text(StateDict state, String key) {
        return Optional.ofNullable(state.metadata().get(key)).filter(value -> !value.isBlank());
    }

    private static Optional<Integer> whole(StateDict state, String key, int most) {
        String expected = "a whole number from 1 to " + most;
        try {
            Optional<Integer> value = text(state, key).map(Integer::valueOf);
            if (value.isPresent() && (value.get() < 1 || value.get() > most)) {
                throw wrong(state, key, expected, null);
            }
            return value;
        } catch (NumberFormatException e) {
            throw wrong(state, key, expected, e);
        }
    }

    private static List<Double> numbers(StateDict state, String key) {
        String expected = "three finite numbers with commas between, for R, G and B";
        try {
            List<Double> values =
                    Arrays.stream(state.metadata(key).split(",")).map(Double::valueOf).toList();
            if (values.size() != 3 || !values.stream().allMatch(Double::isFinite)) {
                throw wrong(state, key, expected, null);
            }
            return values;
        } catch (NumberFormatException e) {
            throw wrong(state, key, expected, e);
        }
    }

    private static IllegalArgumentException wrong(
            StateDict state, String key, String expected, Throwable cause) {
        return new IllegalArgumentException(
                "metadata "
                        + key
                        + " is \""
                        + state.metadata(key)
                        + "\", expected "
                        + expected
                        + "; write the file anew",
                cause);
    }

    private static String join(List<Double> values) {
        return values.stream().map(String::valueOf).collect(Collectors.joining(","));
    }
}
