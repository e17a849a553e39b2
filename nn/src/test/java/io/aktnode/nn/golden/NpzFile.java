package io.aktnode.nn.golden;

import io.aktnode.nn.model.FloatArray;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.zip.ZipFile;

/**
 * Reads NumPy's {@code .npz}: a zip of {@code .npy} arrays in C order, of which float32, float64,
 * int32, int64 and unicode scalars are understood.
 */
final class NpzFile {

    private static final Pattern DESCR = Pattern.compile("'descr': '([<|][a-zA-Z]\\d+)'");
    private static final Pattern SHAPE = Pattern.compile("'shape': \\(([^)]*)\\)");

    private NpzFile() {}

    /** A text entry has the single value NaN; its words are in {@code text}. */
    record Entry(int[] shape, double[] values, Optional<String> text) {

        FloatArray toFloats() {
            float[] floats = new float[values.length];
            for (int i = 0; i < floats.length; i++) {
                floats[i] = (float) values[i];
            }
            return new FloatArray(shape, floats);
        }
    }

    static Map<String, Entry> read(Path file) {
        Map<String, Entry> entries = new LinkedHashMap<>();
        try (ZipFile zip = new ZipFile(file.toFile())) {
            for (var part : zip.stream().toList()) {
                byte[] bytes = zip.getInputStream(part).readAllBytes();
                entries.put(part.getName().replaceAll("\\.npy$", ""), parse(bytes, part.getName()));
            }
        } catch (IOException e) {
            throw new UncheckedIOException("cannot read " + file, e);
        }
        return entries;
    }

    private static Entry parse(byte[] bytes, String name) {
        ByteBuffer data = ByteBuffer.wrap(bytes).order(ByteOrder.LITTLE_ENDIAN);
        boolean longHeader = data.get(6) > 1;
        int start = longHeader ? 12 : 10;
        int headerBytes = longHeader ? data.getInt(8) : Short.toUnsignedInt(data.getShort(8));
        String header = new String(bytes, start, headerBytes, StandardCharsets.ISO_8859_1);
        if (header.contains("'fortran_order': True")) {
            throw new IllegalArgumentException(name + " is in Fortran order, expected C order");
        }
        int[] shape = shape(find(SHAPE, header, name));
        String type = find(DESCR, header, name);
        data.position(start + headerBytes);
        if (type.charAt(1) == 'U') {
            StringBuilder text = new StringBuilder();
            while (data.hasRemaining()) {
                text.appendCodePoint(data.getInt());
            }
            String trimmed = text.toString().replaceAll("\0+$", "");
            return new Entry(shape, new double[] {Double.NaN}, Optional.of(trimmed));
        }
        int count = 1;
        for (int extent : shape) {
            count *= extent;
        }
        double[] values = new double[count];
        for (int i = 0; i < count; i++) {
            values[i] =
                    switch (type) {
                        case "<f4" -> data.getFloat();
                        case "<f8" -> data.getDouble();
                        case "<i4" -> data.getInt();
                        case "<i8" -> data.getLong();
                        default ->
                                throw new IllegalArgumentException(
                                        name + " holds " + type + ", expected f4, f8, i4, i8 or U");
                    };
        }
        return new Entry(shape, values, Optional.empty());
    }

    private static String find(Pattern pattern, String header, String name) {
        Matcher matcher = pattern.matcher(header);
        if (!matcher.find()) {
            throw new IllegalArgumentException(name + " has the header " + header);
        }
        return matcher.group(1);
    }

    private static int[] shape(String text) {
        return Pattern.compile("\\d+")
                .matcher(text)
                .results()
                .mapToInt(match -> Integer.parseInt(match.group()))
                .toArray();
    }
}
