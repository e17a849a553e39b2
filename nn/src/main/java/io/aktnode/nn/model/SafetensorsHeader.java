package io.aktnode.nn.model;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.core.StreamReadFeature;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.json.JsonMapper;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * The JSON part of a safetensors file: text metadata and where each tensor lies in the data part
 * that follows. A parsed header is valid: the tensors cover the data part exactly, without gaps or
 * overlaps.
 *
 * @param tensors in the order of the file's header
 */
record SafetensorsHeader(Map<String, String> metadata, List<Entry> tensors) {

    static final String METADATA = "__metadata__";

    private static final String MEND =
            "; the file is damaged or not safetensors, copy or export it again";

    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(StreamReadFeature.STRICT_DUPLICATE_DETECTION)
                    .enable(DeserializationFeature.FAIL_ON_TRAILING_TOKENS)
                    .build();

    /**
     * One tensor; its bytes run from {@code begin} (included) to {@code end} (excluded), counted
     * from the start of the data part.
     */
    record Entry(String name, ElementType type, int[] shape, long begin, long end) {

        int count() {
            return (int) ((end - begin) / type.bytes());
        }
    }

    /** The header of a dictionary: float32, one tensor after the other. */
    static byte[] encode(StateDict dictionary) throws IOException {
        ObjectNode root = JSON.createObjectNode();
        if (!dictionary.metadata().isEmpty()) {
            ObjectNode metadata = root.putObject(METADATA);
            dictionary.metadata().forEach(metadata::put);
        }
        long offset = 0;
        for (Map.Entry<String, FloatArray> entry : dictionary.arrays().entrySet()) {
            if (entry.getKey().equals(METADATA)) {
                throw new IllegalArgumentException(
                        "a tensor cannot be named " + METADATA + ": the format reserves the name");
            }
            ObjectNode tensor = root.putObject(entry.getKey());
            tensor.put("dtype", ElementType.FLOAT32.safetensorsName());
            ArrayNode shape = tensor.putArray("shape");
            Arrays.stream(entry.getValue().shape()).forEach(shape::add);
            long end = offset + (long) entry.getValue().values().length * Float.BYTES;
            tensor.putArray("data_offsets").add(offset).add(end);
            offset = end;
        }
        return JSON.writeValueAsBytes(root);
    }

    /**
     * Parses and validates.
     *
     * @param file only named in errors
     * @param dataBytes size of the data part
     */
    static SafetensorsHeader parse(Path file, byte[] json, long dataBytes) {
        JsonNode root;
        try {
            root = JSON.readTree(json);
        } catch (JsonProcessingException e) {
            throw new ModelFileException(
                    file, "the header is not valid JSON (" + e.getOriginalMessage() + ")" + MEND);
        } catch (IOException e) {
            throw new ModelFileException(file, "the header is not valid JSON" + MEND, e);
        }
        if (!root.isObject()) {
            throw new ModelFileException(file, "the header is not a JSON object" + MEND);
        }
        Map<String, String> metadata = new LinkedHashMap<>();
        List<Entry> tensors = new ArrayList<>();
        for (Map.Entry<String, JsonNode> field : root.properties()) {
            if (field.getKey().equals(METADATA)) {
                parseMetadata(file, field.getValue(), metadata);
            } else {
                tensors.add(parseEntry(file, field.getKey(), field.getValue()));
            }
        }
        requireExactCover(file, tensors, dataBytes);
        return new SafetensorsHeader(metadata, tensors);
    }

    private static void parseMetadata(Path file, JsonNode node, Map<String, String> metadata) {
        if (!node.isObject()) {
            throw new ModelFileException(file, METADATA + " is not a JSON object" + MEND);
        }
        for (Map.Entry<String, JsonNode> field : node.properties()) {
            if (!field.getValue().isTextual()) {
                throw new ModelFileException(
                        file, METADATA + " " + field.getKey() + " is not a text" + MEND);
            }
            metadata.put(field.getKey(), field.getValue().textValue());
        }
    }

    private static Entry parseEntry(Path file, String name, JsonNode node) {
        JsonNode dtype = node.path("dtype");
        if (!dtype.isTextual()) {
            throw new ModelFileException(file, "tensor " + name + " has no dtype" + MEND);
        }
        ElementType type =
                ElementType.ofSafetensors(dtype.textValue())
                        .orElseThrow(
                                () ->
                                        new ModelFileException(
                                                file,
                                                "tensor "
                                                        + name
                                                        + " has dtype "
                                                        + dtype.textValue()
                                                        + ", readable are "
                                                        + ElementType.safetensorsNames()
                                                        + "; export it as F32"));
        int[] shape = parseShape(file, name, node.path("shape"));
        JsonNode offsets = node.path("data_offsets");
        if (!offsets.isArray()
                || offsets.size() != 2
                || !offsets.get(0).canConvertToLong()
                || !offsets.get(1).canConvertToLong()
                || !offsets.get(0).isIntegralNumber()
                || !offsets.get(1).isIntegralNumber()) {
            throw new ModelFileException(
                    file, "tensor " + name + " has no data_offsets [begin, end]" + MEND);
        }
        long begin = offsets.get(0).longValue();
        long end = offsets.get(1).longValue();
        if (begin < 0 || end < begin) {
            throw new ModelFileException(
                    file,
                    "tensor " + name + " has data_offsets [" + begin + ", " + end + "]" + MEND);
        }
        requireSize(file, name, type, shape, end - begin);
        return new Entry(name, type, shape, begin, end);
    }

    private static int[] parseShape(Path file, String name, JsonNode node) {
        boolean valid = node.isArray();
        int[] shape = new int[node.size()];
        for (int i = 0; i < shape.length && valid; i++) {
            JsonNode extent = node.get(i);
            valid = extent.isIntegralNumber() && extent.canConvertToInt() && extent.intValue() >= 0;
            shape[i] = extent.intValue();
        }
        if (!valid) {
            throw new ModelFileException(
                    file,
                    "tensor "
                            + name
                            + " has shape "
                            + node
                            + ", expected a list of numbers from 0 to 2147483647"
                            + MEND);
        }
        return shape;
    }

    private static void requireSize(
            Path file, String name, ElementType type, int[] shape, long bytes) {
        long needed = type.bytes();
        try {
            for (int extent : shape) {
                needed = Math.multiplyExact(needed, extent);
            }
        } catch (ArithmeticException e) {
            needed = Long.MAX_VALUE;
        }
        String what =
                "tensor "
                        + name
                        + " of shape "
                        + Arrays.toString(shape)
                        + " "
                        + type.safetensorsName();
        if (needed != bytes) {
            throw new ModelFileException(
                    file,
                    what + " needs " + needed + " bytes, its data_offsets hold " + bytes + MEND);
        }
        if (needed > Integer.MAX_VALUE - 8) {
            throw new ModelFileException(
                    file, what + " has " + needed + " bytes, more than 2 GB; split it or use F16");
        }
    }

    private static void requireExactCover(Path file, List<Entry> tensors, long dataBytes) {
        List<Entry> sorted = new ArrayList<>(tensors);
        sorted.sort(Comparator.comparingLong(Entry::begin).thenComparingLong(Entry::end));
        long covered = 0;
        for (Entry entry : sorted) {
            if (entry.end() > dataBytes) {
                throw new ModelFileException(
                        file,
                        "tensor "
                                + entry.name()
                                + " ends at data byte "
                                + entry.end()
                                + ", but only "
                                + dataBytes
                                + " are there; the file is cut off, copy or export it again");
            }
            if (entry.begin() != covered) {
                throw new ModelFileException(
                        file,
                        "tensor "
                                + entry.name()
                                + " begins at data byte "
                                + entry.begin()
                                + ", expected "
                                + covered
                                + " where the one before ends"
                                + MEND);
            }
            covered = entry.end();
        }
        if (covered != dataBytes) {
            throw new ModelFileException(
                    file,
                    "the data part has "
                            + dataBytes
                            + " bytes, its tensors only "
                            + covered
                            + MEND);
        }
    }
}
