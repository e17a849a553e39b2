package io.aktnode.nn.model;

import java.util.List;
import java.util.Map;
import java.util.Set;

/** What training wrappers do to the names of a network's tensors, undone. */
final class TorchNames {

    /** Of {@code DataParallel} and {@code torch.compile}. */
    private static final List<String> PREFIXES = List.of("module.", "_orig_mod.");

    private static final String COUNTER = "num_batches_tracked";

    private TorchNames() {}

    /** A batch normalisation's count of training batches, which inference does not use. */
    static boolean isCounter(String name) {
        return name.equals(COUNTER) || name.endsWith("." + COUNTER);
    }

    /** Without counters, and without the wrappers' prefixes if all names have them. */
    static StateDict clean(StateDict dictionary) {
        StateDict result = new StateDict();
        dictionary.metadata().forEach(result::putMetadata);
        for (Map.Entry<String, FloatArray> entry : dictionary.arrays().entrySet()) {
            if (!isCounter(entry.getKey())) {
                result.put(entry.getKey(), entry.getValue());
            }
        }
        int cut = wrappers(result);
        return cut == 0 ? result : cutOff(result, cut);
    }

    /** Characters of the wrappers' prefixes that all names have, however often they are wrapped. */
    private static int wrappers(StateDict dictionary) {
        Set<String> names = dictionary.arrays().keySet();
        int cut = 0;
        boolean found = !names.isEmpty();
        while (found) {
            found = false;
            for (String prefix : PREFIXES) {
                int from = cut;
                if (names.stream().allMatch(name -> name.startsWith(prefix, from))) {
                    cut += prefix.length();
                    found = true;
                }
            }
        }
        return cut;
    }

    private static StateDict cutOff(StateDict dictionary, int characters) {
        StateDict result = new StateDict();
        dictionary.metadata().forEach(result::putMetadata);
        dictionary.arrays().forEach((name, array) -> result.put(name.substring(characters), array));
        return result;
    }
}
