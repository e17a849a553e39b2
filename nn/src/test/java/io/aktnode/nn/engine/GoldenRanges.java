package io.aktnode.nn.engine;

import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** Names of a CIFAR ResNet's quantized activations in the order of execution. */
final class GoldenRanges {

    private GoldenRanges() {}

    static List<String> activationNames(Set<String> parameters) {
        List<String> names = new ArrayList<>();
        names.add("features.init_block.activ");
        for (String parameter : parameters) {
            if (parameter.endsWith(".body.conv1.conv.weight")) {
                String unit = parameter.substring(0, parameter.indexOf(".body."));
                names.add(unit + ".body.conv1.activ");
                names.add(unit + ".activ");
            }
        }
        return names;
    }
}
