package io.aktnode.nn.data;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageSetsTest {

    @TempDir Path directory;

    @Test
    void readsAFileAndADirectoryOfBinFilesAsCifar() throws IOException {
        Path file = Files.write(directory.resolve("test_batch.bin"), new byte[2 * 3073]);

        assertEquals(2, ImageSets.read(file, 10).size());
        assertEquals(2, ImageSets.read(directory, 10, 32, 32).size());
    }

    @Test
    void readsAFolderOfFolders() throws IOException {
        for (String name : List.of("cat", "dog")) {
            Path folder = Files.createDirectory(directory.resolve(name));
            BufferedImage image = new BufferedImage(6, 5, BufferedImage.TYPE_INT_RGB);
            ImageIO.write(image, "png", folder.resolve("1.png").toFile());
        }

        assertEquals(List.of("cat", "dog"), ImageSets.read(directory, 2).classNames());
    }

    @Test
    void refusesImagesOfAnotherSizeThanExpected() throws IOException {
        Path file = Files.write(directory.resolve("test_batch.bin"), new byte[3073]);

        assertRefused(file, "has images of 32x32, expected 64x64");
    }

    @Test
    void saysWhatIsSupportedWhenThePathIsNeither() {
        assertRefused(directory, "holds neither CIFAR .bin files nor class folders");
        assertRefused(directory.resolve("absent"), "there is no such file or folder");
    }

    @Test
    void aSubsetKeepsImagesAndLabelsTogether() {
        byte[] pixels = new byte[3 * 12];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) i;
        }
        ImageSet set = new ImageSet(List.of("x", "y", "z"), 2, 2, pixels, new int[] {2, 1, 0});

        ImageSet subset = set.subset(2, 0, 2);

        assertEquals(3, subset.size());
        assertEquals(0, subset.label(0));
        assertEquals(2, subset.label(1));
        assertEquals(24 + 7, subset.pixel(2, 1, 0, 1));
        assertEquals(7, subset.pixel(1, 1, 0, 1));
    }

    @Test
    void aNormalisedBatchIsItsImagesOneAfterTheOther() {
        byte[] pixels = new byte[3 * 12];
        for (int i = 0; i < pixels.length; i++) {
            pixels[i] = (byte) (i * 7);
        }
        ImageSet set = new ImageSet(List.of("x"), 2, 2, pixels, new int[3]);
        float[] one = new float[1 + 24];
        float[] batch = new float[1 + 24];
        set.normalised(1, Normalization.cifar10(), one, 1);
        set.normalised(2, Normalization.cifar10(), one, 13);

        set.normalised(1, 2, Normalization.cifar10(), batch, 1);

        assertArrayEquals(one, batch);
        assertEquals((12 * 7 / 255f - .4914f) / .2023f, batch[1], 1e-6f);
    }

    private static void assertRefused(Path path, String problem) {
        DataFileException e =
                assertThrows(DataFileException.class, () -> ImageSets.read(path, 10, 64, 64));
        assertTrue(e.getMessage().startsWith(path + ": " + problem), e.getMessage());
    }
}
