package io.aktnode.nn.model;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;

/** Builds PyTorch archives by hand, the wrong ones too. */
final class TorchZip {

    private final Map<String, byte[]> entries = new LinkedHashMap<>();

    TorchZip entry(String name, byte[] content) {
        entries.put(name, content);
        return this;
    }

    TorchZip floats(String key, ByteOrder order, float... values) {
        ByteBuffer bytes = ByteBuffer.allocate(values.length * 4).order(order);
        bytes.asFloatBuffer().put(values);
        return entry("data/" + key, bytes.array());
    }

    TorchZip pickle(Pickle pickle) {
        return entry("data.pkl", pickle.bytes());
    }

    /** Entries are deflated, as other zip tools do; torch.save itself stores them. */
    Path write(Path file) throws IOException {
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry("archive/" + entry.getKey()));
                zip.write(entry.getValue());
            }
        }
        return file;
    }

    /** Writes pickle instructions. */
    static final class Pickle {

        private final ByteArrayOutputStream out = new ByteArrayOutputStream();

        Pickle() {
            raw("\u0080\u0002");
        }

        /** Instructions as Latin-1 characters. */
        Pickle raw(String instructions) {
            out.writeBytes(instructions.getBytes(StandardCharsets.ISO_8859_1));
            return this;
        }

        Pickle text(String value) {
            byte[] bytes = value.getBytes(StandardCharsets.UTF_8);
            raw("X").little(bytes.length);
            out.writeBytes(bytes);
            return this;
        }

        Pickle number(int value) {
            return raw("J").little(value);
        }

        Pickle numbers(int... values) {
            raw("(");
            for (int value : values) {
                number(value);
            }
            return raw("t");
        }

        Pickle global(String module, String name) {
            return raw("c" + module + "\n" + name + "\n");
        }

        /** A tensor over a storage of floats. */
        Pickle tensor(String key, int elements, int offset, int[] shape, int[] strides) {
            global("torch._utils", "_rebuild_tensor_v2").raw("((").text("storage");
            global("torch", "FloatStorage").text(key).text("cpu").number(elements).raw("tQ");
            number(offset).numbers(shape).numbers(strides).raw("\u0089");
            return global("collections", "OrderedDict").raw(")RtR");
        }

        byte[] bytes() {
            return out.toByteArray();
        }

        private Pickle little(int value) {
            for (int shift = 0; shift < 32; shift += 8) {
                out.write(value >> shift);
            }
            return this;
        }
    }
}
