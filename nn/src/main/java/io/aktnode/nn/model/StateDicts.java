package io.aktnode.nn.model;

import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;

/** Matches a dictionary against what a network expects. */
public final class StateDicts {

    private StateDicts() {}

    /**
     * The expected tensors in the expected order.
     *
     * @param file only named in errors
     * @param network name of the network, for errors
     * @param expected shape of each tensor, by name
     * @throws ModelFileException naming every tensor that is missing, has another shape, or is not
     *     expected
     */
    public static StateDict match(
            Path file, StateDict dictionary, String network, Map<String, int[]> expected) {
        List<String> missing = new ArrayList<>();
        List<String> wrong = new ArrayList<>();
        StateDict result = new StateDict();
        dictionary.metadata().forEach(result::putMetadata);
        expected.forEach(
                (name, shape) -> {
                    if (!dictionary.contains(name)) {
                        missing.add(name + " " + Arrays.toString(shape));
                        return;
                    }
                    FloatArray array = dictionary.get(name);
                    if (Arrays.equals(array.shape(), shape)) {
                        result.put(name, array);
                    } else {
                        wrong.add(
                                name
                                        + " "
                                        + Arrays.toString(array.shape())
                                        + " (expected "
                                        + Arrays.toString(shape)
                                        + ")");
                    }
                });
        List<String> extra = new ArrayList<>();
        dictionary
                .arrays()
                .forEach(
                        (name, array) -> {
                            if (!expected.containsKey(name)) {
                                extra.add(name + " " + Arrays.toString(array.shape()));
                            }
                        });
        List<String> problems = new ArrayList<>();
        addProblem(problems, "missing", missing);
        addProblem(problems, "of another shape", wrong);
        addProblem(problems, "not expected", extra);
        if (!problems.isEmpty()) {
            throw new ModelFileException(
                    file,
                    "does not fit "
                            + network
                            + "; "
                            + String.join("; ", problems)
                            + "; check the architecture and the number of classes");
        }
        return result;
    }

    private static void addProblem(List<String> problems, String kind, List<String> tensors) {
        if (!tensors.isEmpty()) {
            problems.add(kind + ": " + String.join(", ", tensors));
        }
    }
}
