package io.aktnode.nn.model;

import java.util.List;
import java.util.Map;

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
        for (String prefix : PREFIXES) {
            if (!result.arrays().isEmpty()
                    && result.arrays().keySet().stream().allMatch(n -> n.startsWith(prefix))) {
                return clean(result.sub(prefix));
            }
        }
        return result;
    }
}
