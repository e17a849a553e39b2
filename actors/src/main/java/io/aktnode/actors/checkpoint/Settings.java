package io.aktnode.actors.checkpoint;

import java.lang.reflect.InvocationTargetException;
import java.lang.reflect.RecordComponent;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import java.util.TreeSet;

/** Configuration records as flat names and values, so that a difference can be named. */
public final class Settings {

    private Settings() {}

    /**
     * The leaves of a record of records, as {@code quantization.weightBits=3}.
     *
     * @param prefix put before each name, such as {@code training}
     */
    public static Map<String, String> flatten(String prefix, Record settings) {
        Map<String, String> leaves = new TreeMap<>();
        flatten(prefix, settings, leaves);
        return leaves;
    }

    private static void flatten(String name, Object value, Map<String, String> leaves) {
        if (value instanceof Record group) {
            for (RecordComponent component : group.getClass().getRecordComponents()) {
                flatten(name + "." + component.getName(), read(group, component), leaves);
            }
        } else if (value instanceof Map<?, ?> map) {
            // Immutable maps have another order in each process.
            leaves.put(name, new TreeMap<>(map).toString());
        } else {
            leaves.put(name, String.valueOf(value));
        }
    }

    private static Object read(Record group, RecordComponent component) {
        try {
            return component.getAccessor().invoke(group);
        } catch (IllegalAccessException | InvocationTargetException e) {
            throw new IllegalStateException(
                    "cannot read " + component + " of " + group.getClass(), e);
        }
    }

    /**
     * The first setting in which two runs differ, as {@code it was made with seed=2, now it is 1};
     * empty if they do not.
     */
    public static Optional<String> difference(
            Map<String, String> made, Map<String, String> wanted) {
        TreeSet<String> names = new TreeSet<>(made.keySet());
        names.addAll(wanted.keySet());
        return names.stream()
                .filter(name -> !Objects.equals(made.get(name), wanted.get(name)))
                .findFirst()
                .map(
                        name ->
                                "it was made with "
                                        + name
                                        + "="
                                        + made.get(name)
                                        + ", now it is "
                                        + wanted.get(name));
    }

    /**
     * Refuses to go on with other settings than a checkpoint was made with.
     *
     * @throws CheckpointException naming the first differing setting and both its values
     */
    static void requireSame(Checkpoint checkpoint, Map<String, String> wanted) {
        difference(checkpoint.manifest().settings(), wanted)
                .ifPresent(
                        how -> {
                            throw new CheckpointException(
                                    "cannot resume from "
                                            + checkpoint.directory()
                                            + ": "
                                            + how
                                            + "; use the same setting or another directory");
                        });
    }
}
