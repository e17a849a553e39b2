package io.aktnode.fuzz;

import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.ModelFileException;
import io.aktnode.nn.model.ModelFiles;
import io.aktnode.nn.model.Safetensors;
import io.aktnode.nn.model.StateDict;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.util.List;

/** Model and state files in safetensors format. */
class SafetensorsFuzzTest extends Fuzzing {

    private static final int LENGTH_BYTES = 8;
    private static final Path FILE = Scratch.directory().resolve("model.safetensors");

    SafetensorsFuzzTest() {
        super(
                List.of(
                        sample(
                                new StateDict()
                                        .put("features.conv.weight", ramp(2, 3, 3))
                                        .put("output.bias", FloatArray.vector(1, 2, 3))
                                        .put("step", FloatArray.scalar(4))
                                        .putMetadata("arch", "resnet20")),
                        sample(
                                new StateDict()
                                        .put("module.module.a", ramp(4))
                                        .put("module.module.bn.num_batches_tracked", ramp(1))),
                        sample(new StateDict().put("empty", ramp(0)))),
                words(
                        "{",
                        "}",
                        "[",
                        "]",
                        "[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[[",
                        "\"a\":",
                        "\"shape\":[",
                        "\"data_offsets\":[0,0]",
                        "{\"dtype\":\"F32\",\"shape\":[],\"data_offsets\":[0,4]}",
                        "\"dtype\":\"BF16\"",
                        "\"__metadata__\":{",
                        "module.",
                        "_orig_mod.",
                        "2147483647",
                        "4294967296",
                        "9223372036854775807",
                        "-1",
                        "1e999999999",
                        "0.5",
                        "null",
                        "\\ud800",
                        ","),
                // A JSON tree takes some dozen times its text.
                1 << 20,
                300);
    }

    private static FloatArray ramp(int... shape) {
        int count = 1;
        for (int extent : shape) {
            count *= extent;
        }
        float[] values = new float[count];
        for (int i = 0; i < count; i++) {
            values[i] = i / 4f;
        }
        return new FloatArray(shape, values);
    }

    private static byte[] sample(StateDict dictionary) {
        Safetensors.write(FILE, dictionary);
        return content(FILE);
    }

    /** Fitting is to let the header end where the last brace stands. */
    @Override
    byte[] prepare(Input input) {
        byte[] bytes = input.bytes().clone();
        int end = bytes.length - 1;
        while (end > LENGTH_BYTES && bytes[end] != '}') {
            end--;
        }
        if (input.fit() && end > LENGTH_BYTES) {
            ByteBuffer.wrap(bytes)
                    .order(ByteOrder.LITTLE_ENDIAN)
                    .putLong(0, end + 1L - LENGTH_BYTES);
        }
        write(FILE, bytes);
        return bytes;
    }

    @Override
    void read(byte[] bytes) {
        try {
            ModelFiles.read(FILE);
        } catch (ModelFileException refused) {
            // As it should be.
        }
        try {
            Safetensors.read(FILE);
        } catch (ModelFileException refused) {
            // As it should be.
        }
    }
}
