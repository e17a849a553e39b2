package io.aktnode.nn.zoo;

import io.aktnode.nn.model.StateDict;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.deeplearning4j.nn.graph.ComputationGraph;

/**
 * A model family member by the name users give it, such as {@code resnet20}.
 *
 * @param name as given
 * @param classes outputs
 * @param size height and width of its RGB images
 */
public record Architecture(String name, int classes, int size) {

    private static final Pattern FIRST_STAGE_UNIT =
            Pattern.compile("features\\.stage1\\.unit[0-9]+\\.body\\.conv1\\.conv\\.weight");
    private static final String OUTPUT_BIAS = "output.bias";
    private static final Pattern CIFAR_RESNET = Pattern.compile("resnet([0-9]{1,4})");

    public Architecture {
        depth(name);
        if (classes < 2) {
            throw new IllegalArgumentException("classes=" + classes + " must be 2 or more");
        }
        if (size < 8 || size % 4 != 0) {
            throw new IllegalArgumentException(
                    "image size=" + size + " must be a multiple of 4, and 8 or more");
        }
    }

    /**
     * The architecture whose parameters a dictionary holds, as far as their names tell.
     *
     * @return empty when the names are no built-in family's
     */
    public static Optional<Architecture> recognise(StateDict state, int size) {
        long unitsPerStage =
                state.arrays().keySet().stream()
                        .filter(name -> FIRST_STAGE_UNIT.matcher(name).matches())
                        .count();
        if (unitsPerStage == 0 || !state.contains(OUTPUT_BIAS)) {
            return Optional.empty();
        }
        int classes = state.get(OUTPUT_BIAS).values().length;
        return Optional.of(new Architecture("resnet" + (6 * unitsPerStage + 2), classes, size));
    }

    /** A freshly initialised network of this architecture. */
    public ComputationGraph graph(long seed) {
        return CifarResNet.graph(depth(name), classes, size, seed);
    }

    private static int depth(String name) {
        Matcher matcher = CIFAR_RESNET.matcher(name);
        int depth = matcher.matches() ? Integer.parseInt(matcher.group(1)) : 0;
        if (depth < 8 || (depth - 2) % 6 != 0) {
            throw new IllegalArgumentException(
                    "arch="
                            + name
                            + " is unknown; choose a CIFAR ResNet of depth 6n+2, such as resnet8,"
                            + " resnet20 or resnet56");
        }
        return depth;
    }
}
