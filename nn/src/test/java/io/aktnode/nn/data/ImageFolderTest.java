package io.aktnode.nn.data;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ImageFolderTest {

    private static final int RED = 0xFF0A141E;

    @TempDir Path directory;

    @BeforeEach
    void makeClassFolders() throws IOException {
        for (String name : List.of("b", "a", ".hidden", "c")) {
            Files.createDirectory(directory.resolve(name));
        }
    }

    @Test
    void takesTheAlphabeticalPositionOfTheFolderAsLabel() throws IOException {
        fill();
        image("b/2.png", BufferedImage.TYPE_INT_RGB, 4, 3, 0xFF102030);
        Files.writeString(directory.resolve("b/notes.txt"), "ignored");

        ImageSet set = ImageFolder.read(directory, 3);

        assertEquals(List.of("a", "b", "c"), set.classNames());
        assertEquals(4, set.size());
        assertEquals(List.of(0, 1, 1, 2), labels(set));
        assertEquals(3, set.height());
        assertEquals(4, set.width());
        assertEquals(List.of(0x10, 0x20, 0x30), colour(set, 2));
    }

    @Test
    void decodesEveryKindOfPngToTheStoredValues() throws IOException {
        fill();
        image("a/2-grey.png", BufferedImage.TYPE_BYTE_GRAY, 4, 3, 0);
        image("a/3-alpha.png", BufferedImage.TYPE_INT_ARGB, 4, 3, 0x400A141E);
        image("a/4-palette.png", BufferedImage.TYPE_BYTE_INDEXED, 4, 3, 0xFF336699);
        image("a/5-grey16.png", BufferedImage.TYPE_USHORT_GRAY, 4, 3, 0);

        ImageSet set = ImageFolder.read(directory, 3);

        assertEquals(List.of(10, 20, 30), colour(set, 0));
        assertEquals(List.of(77, 77, 77), colour(set, 1));
        assertEquals(List.of(10, 20, 30), colour(set, 2));
        assertEquals(List.of(0x33, 0x66, 0x99), colour(set, 3));
        assertEquals(List.of(77, 77, 77), colour(set, 4));
    }

    @Test
    void decodesColourAndGreyJpeg() throws IOException {
        fill();
        image("a/2.JPG", BufferedImage.TYPE_INT_RGB, 4, 3, 0xFFC86432);
        image("a/3.jpeg", BufferedImage.TYPE_BYTE_GRAY, 4, 3, 0);

        ImageSet set = ImageFolder.read(directory, 3);

        assertClose(List.of(200, 100, 50), colour(set, 1));
        assertClose(List.of(77, 77, 77), colour(set, 2));
    }

    @Test
    void namesTheImageOfAnotherSize() throws IOException {
        fill();
        Path odd = image("c/odd.png", BufferedImage.TYPE_INT_RGB, 5, 3, RED);

        assertRefused(3, odd + ": is 3x5, expected 3x4 like the first image 1.png");
    }

    @Test
    void namesTheImageThatIsNotOfTheExpectedSize() throws IOException {
        fill();

        DataFileException e =
                assertThrows(DataFileException.class, () -> ImageFolder.read(directory, 3, 32, 32));

        assertTrue(e.getMessage().contains("1.png: is 3x4, expected 32x32"), e.getMessage());
    }

    @Test
    void namesABrokenImage() throws IOException {
        fill();
        Path broken = directory.resolve("b/broken.jpg");
        Files.write(broken, new byte[] {1, 2, 3});

        assertRefused(3, broken + ": is not a JPEG or PNG image");

        byte[] png = Files.readAllBytes(directory.resolve("a/1.png"));
        Files.write(broken, Arrays.copyOf(png, 50));
        assertRefused(3, broken + ": cannot be decoded");
    }

    /** A few hundred bytes that claim 20000x20000 pixels must not be believed with 1 GB. */
    @Test
    void namesAnImageThatClaimsMoreThanItsBytesCanHold() throws IOException {
        fill();
        Path file = directory.resolve("a/1.png");
        byte[] png = Files.readAllBytes(file);
        ByteBuffer.wrap(png).putInt(16, 20_000).putInt(20, 20_000);
        Files.write(file, png);

        DataFileException refused =
                assertThrows(DataFileException.class, () -> ImageFolder.read(directory, 3));

        assertTrue(
                refused.getMessage().contains("claims to be 20000x20000, which its "),
                refused.getMessage());
    }

    @Test
    void refusesFormatsOtherThanJpegAndPngWhateverTheName() throws IOException {
        fill();
        BufferedImage image = new BufferedImage(4, 3, BufferedImage.TYPE_INT_RGB);
        ImageIO.write(image, "bmp", directory.resolve("a/1.png").toFile());

        DataFileException refused =
                assertThrows(DataFileException.class, () -> ImageFolder.read(directory, 3));

        assertTrue(
                refused.getMessage().contains("is not a JPEG or PNG image"), refused.getMessage());
    }

    @Test
    void namesFoldersThatDoNotFit() throws IOException {
        fill();

        assertRefused(4, directory + ": has 3 class folders [a, b, c], expected 4");

        Files.delete(directory.resolve("b/1.png"));
        assertRefused(3, directory.resolve("b") + ": holds no JPEG or PNG image");
    }

    @Test
    void throwsNothingButTheDocumentedExceptionForDamagedImages() throws IOException {
        fill();
        List<String> others = new ArrayList<>();
        SplittableRandom random = new SplittableRandom(4);
        for (String name : List.of("a/x.png", "a/x.jpg")) {
            Path file = image(name, BufferedImage.TYPE_INT_RGB, 32, 32, RED);
            byte[] whole = Files.readAllBytes(file);
            byte[] pixels = new byte[32 * 32 * 3];
            ImageDecoder.Size size = new ImageDecoder.Size(32, 32);
            for (int trial = 0; trial < 500; trial++) {
                byte[] bytes =
                        Arrays.copyOf(
                                whole,
                                trial % 2 == 0 ? whole.length : random.nextInt(whole.length));
                for (int flips = random.nextInt(3); flips > 0 && bytes.length > 0; flips--) {
                    bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
                }
                Files.write(file, bytes);
                try {
                    ImageDecoder.decode(file, size, "here", pixels, 0);
                } catch (DataFileException e) {
                    assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
                } catch (RuntimeException | Error e) {
                    others.add(e.toString());
                }
            }
            Files.delete(file);
        }
        assertEquals(List.of(), others);
    }

    private void assertRefused(int classes, String message) {
        DataFileException e =
                assertThrows(DataFileException.class, () -> ImageFolder.read(directory, classes));
        assertTrue(e.getMessage().startsWith(message), e.getMessage());
    }

    private static void assertClose(List<Integer> expected, List<Integer> actual) {
        for (int i = 0; i < 3; i++) {
            assertEquals(expected.get(i), actual.get(i), 3.0);
        }
    }

    /** One image a class. */
    private void fill() throws IOException {
        for (String name : List.of("a", "b", "c")) {
            image(name + "/1.png", BufferedImage.TYPE_INT_RGB, 4, 3, RED);
        }
    }

    /** All of one colour; grey kinds get the stored value 77. */
    private Path image(String name, int type, int width, int height, int argb) throws IOException {
        BufferedImage image = new BufferedImage(width, height, type);
        for (int y = 0; y < height; y++) {
            for (int x = 0; x < width; x++) {
                if (type == BufferedImage.TYPE_BYTE_GRAY) {
                    image.getRaster().setSample(x, y, 0, 77);
                } else if (type == BufferedImage.TYPE_USHORT_GRAY) {
                    image.getRaster().setSample(x, y, 0, 77 << 8 | 200);
                } else {
                    image.setRGB(x, y, argb);
                }
            }
        }
        Path file = directory.resolve(name);
        String format = name.endsWith("png") ? "png" : "jpg";
        assertTrue(ImageIO.write(image, format, file.toFile()));
        return file;
    }

    private static List<Integer> labels(ImageSet set) {
        List<Integer> labels = new ArrayList<>();
        for (int i = 0; i < set.size(); i++) {
            labels.add(set.label(i));
        }
        return labels;
    }

    private static List<Integer> colour(ImageSet set, int image) {
        return List.of(
                set.pixel(image, 2, 3, 0), set.pixel(image, 2, 3, 1), set.pixel(image, 2, 3, 2));
    }
}
