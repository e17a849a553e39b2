package io.aktnode.fuzz;

import io.aktnode.nn.data.CifarBinary;
import io.aktnode.nn.data.DataFileException;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;

/** Evaluation images in CIFAR's binary layout. */
class CifarBinaryFuzzTest extends Fuzzing {

    private static final int PIXELS = 3072;
    private static final Path FILE = Scratch.directory().resolve("test_batch.bin");

    CifarBinaryFuzzTest() {
        super(
                List.of(new byte[1 + PIXELS], new byte[2 * (1 + PIXELS)], new byte[2 + PIXELS]),
                List.of(new byte[] {9}, new byte[] {10}, new byte[] {99}, new byte[1 + PIXELS]),
                1 << 20,
                10);
    }

    /** Fitting is to cut off what is no whole image. */
    @Override
    byte[] prepare(Input input) {
        byte[] bytes = input.bytes();
        int record = 1 + PIXELS + (input.sample() == 2 ? 1 : 0);
        if (input.fit()) {
            bytes = Arrays.copyOf(bytes, bytes.length / record * record);
        }
        write(FILE, bytes);
        return bytes;
    }

    @Override
    void read(byte[] bytes) {
        for (int classes : new int[] {10, 100}) {
            try {
                CifarBinary.read(FILE, classes);
            } catch (DataFileException refused) {
                // As it should be.
            }
        }
    }
}
