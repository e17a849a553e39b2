package io.aktnode.nn.model;

import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.Map;

/**
 * Named arrays in a fixed order, with text metadata: a network's parameters, or all the state a
 * role needs to continue exactly.
 */
public final class StateDict {

    private final Map<String, FloatArray> arrays = new LinkedHashMap<>();
    private final Map<String, String> metadata = new LinkedHashMap<>();

    public StateDict put(String name, FloatArray array) {
        if (arrays.putIfAbsent(name, array) != null) {
            throw new IllegalArgumentException("tensor " + name + " is there twice");
        }
        return this;
    }

    public StateDict putMetadata(String key, String value) {
        metadata.put(key, value);
        return this;
    }

    /** Copies all arrays of another dictionary under {@code prefix + name}. */
    public StateDict putAll(String prefix, StateDict other) {
        other.arrays.forEach((name, array) -> put(prefix + name, array));
        return this;
    }

    /** The arrays whose names start with a prefix, which is cut off; metadata is kept whole. */
    public StateDict sub(String prefix) {
        StateDict result = new StateDict();
        arrays.forEach(
                (name, array) -> {
                    if (name.startsWith(prefix)) {
                        result.put(name.substring(prefix.length()), array);
                    }
                });
        result.metadata.putAll(metadata);
        return result;
    }

    public boolean contains(String name) {
        return arrays.containsKey(name);
    }

    public FloatArray get(String name) {
        FloatArray array = arrays.get(name);
        if (array == null) {
            throw new IllegalArgumentException(
                    "tensor " + name + " is missing; present are " + arrays.keySet());
        }
        return array;
    }

    public String metadata(String key) {
        String value = metadata.get(key);
        if (value == null) {
            throw new IllegalArgumentException(
                    "metadata " + key + " is missing; present are " + metadata.keySet());
        }
        return value;
    }

    public Map<String, FloatArray> arrays() {
        return Collections.unmodifiableMap(arrays);
    }

    public Map<String, String> metadata() {
        return Collections.unmodifiableMap(metadata);
    }
}
