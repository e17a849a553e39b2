package io.aktnode.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.SplittableRandom;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CifarBinaryTest {

    @TempDir Path directory;

    @Test
    void interleavesThePlanesOfCifar10() throws IOException {
        byte[] content = records(1, 3);
        content[3073] = 7;
        content[3073 + 1 + 5 * 32 + 2] = (byte) 201;
        content[3073 + 1 + 1024 + 5 * 32 + 2] = 102;
        content[3073 + 1 + 2048 + 5 * 32 + 2] = 3;

        ImageSet set = CifarBinary.read(write("a.bin", content), 10);

        assertEquals(3, set.size());
        assertEquals(7, set.label(1));
        assertEquals("horse", set.classNames().get(7));
        assertEquals(201, set.pixel(1, 5, 2, 0));
        assertEquals(102, set.pixel(1, 5, 2, 1));
        assertEquals(3, set.pixel(1, 5, 2, 2));
        assertEquals(content[1 + 31] & 0xFF, set.pixel(0, 0, 31, 0));
    }

    @Test
    void takesTheFineLabelOfCifar100() throws IOException {
        byte[] content = records(2, 2);
        content[3074] = 19;
        content[3075] = 99;

        ImageSet set = CifarBinary.read(write("a.bin", content), 100);

        assertEquals(99, set.label(1));
        assertEquals(content[3074 + 2] & 0xFF, set.pixel(1, 0, 0, 0));
    }

    @Test
    void decidesBySizeNotByTheNumberOfClasses() throws IOException {
        byte[] content = records(1, 2);
        content[0] = 42;

        assertEquals(42, CifarBinary.read(write("a.bin", content), 43).label(0));
    }

    @Test
    void readsTheFilesOfADirectoryInAlphabeticalOrder() throws IOException {
        byte[] second = records(1, 2);
        second[0] = 5;
        write("b.bin", second);
        write("a.bin", records(1, 1));
        write("readme.html", new byte[7]);

        ImageSet set = CifarBinary.read(directory, 10);

        assertEquals(3, set.size());
        assertEquals(5, set.label(1));
    }

    @Test
    void refusesEveryOtherSize() throws IOException {
        for (int size = 0; size < 3073; size += 61) {
            assertRefused(write("a.bin", new byte[size]), "has " + size + " bytes, expected");
        }
        assertRefused(write("a.bin", new byte[2 * 3073 + 1]), "multiple of 3073");
    }

    @Test
    void namesALabelOutsideTheClasses() throws IOException {
        byte[] content = records(1, 2);
        content[3073] = (byte) 200;

        assertRefused(
                write("a.bin", content),
                "label 200 of image 1 is outside 0..9; these are CIFAR-10 records");
    }

    @Test
    void saysWhatIsMissing() {
        assertRefused(directory.resolve("absent.bin"), "there is no such file");
        assertRefused(directory, "holds no .bin files");
    }

    private void assertRefused(Path path, String problem) {
        DataFileException e =
                assertThrows(DataFileException.class, () -> CifarBinary.read(path, 10));
        assertTrue(e.getMessage().startsWith(path + ": "), e.getMessage());
        assertTrue(e.getMessage().contains(problem), e.getMessage());
    }

    /** Random pixels, labels 0. */
    private static byte[] records(int labelBytes, int count) {
        byte[] content = new byte[count * (labelBytes + 3072)];
        new SplittableRandom(3).nextBytes(content);
        for (int i = 0; i < count; i++) {
            int record = i * (labelBytes + 3072);
            Arrays.fill(content, record, record + labelBytes, (byte) 0);
        }
        return content;
    }

    private Path write(String name, byte[] content) throws IOException {
        return Files.write(directory.resolve(name), content);
    }
}
