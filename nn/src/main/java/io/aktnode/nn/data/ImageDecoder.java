package io.aktnode.nn.data;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
import java.util.Locale;
import java.util.Set;
import javax.imageio.ImageIO;
import javax.imageio.ImageReader;
import javax.imageio.stream.ImageInputStream;
import javax.imageio.stream.MemoryCacheImageInputStream;

/** Decodes a JPEG or PNG file to interleaved RGB bytes. Needs no display. Any thread. */
final class ImageDecoder {

    private ImageDecoder() {}

    record Size(int height, int width) {

        @Override
        public String toString() {
            return height + "x" + width;
        }
    }

    /** What an image file may be; others that ImageIO knows (GIF, BMP, TIFF) are refused. */
    private static final Set<String> FORMATS = Set.of("jpeg", "png");

    /**
     * Pixels that a byte of a file can stand for at most: deflate packs a thousand bytes into one,
     * and a byte of scan line holds up to eight pixels, but no image worth evaluating on is half as
     * empty. A file that claims more is damaged, and its claim must not be believed with memory.
     */
    private static final long PIXELS_PER_BYTE = 4096;

    private interface Use<T> {
        T apply(ImageReader reader, Size size) throws IOException;
    }

    /** Height and width, from the file's header alone. */
    static Size size(Path file) {
        return with(file, (reader, size) -> size);
    }

    /**
     * Writes the pixels as they are stored: no colour profile is applied, alpha is dropped, grey is
     * repeated, 16 bits are cut to 8.
     *
     * @param size that the image must have
     * @param expectation where that size comes from, for the error
     */
    static void decode(Path file, Size size, String expectation, byte[] destination, int offset) {
        BufferedImage image =
                with(
                        file,
                        (reader, found) -> {
                            // Before the pixels: a wrong image may be too large for the memory.
                            if (!found.equals(size)) {
                                throw new DataFileException(
                                        file,
                                        "is "
                                                + found
                                                + ", expected "
                                                + size
                                                + " "
                                                + expectation
                                                + "; scale or remove it");
                            }
                            return reader.read(0);
                        });
        if (image.getColorModel() instanceof IndexColorModel) {
            copyColours(image, destination, offset);
        } else {
            copySamples(image, destination, offset);
        }
    }

    private static <T> T with(Path file, Use<T> use) {
        try {
            byte[] content = Files.readAllBytes(file);
            try (ImageInputStream in =
                    new MemoryCacheImageInputStream(new ByteArrayInputStream(content))) {
                ImageReader reader = reader(file, in);
                try {
                    reader.setInput(in, true, true);
                    return use.apply(reader, size(file, reader, content.length));
                } finally {
                    reader.dispose();
                }
            }
        } catch (DataFileException e) {
            throw e;
        } catch (IOException | RuntimeException e) {
            // ImageIO's readers meet damaged files with unchecked exceptions too.
            throw new DataFileException(
                    file,
                    "cannot be decoded ("
                            + e.getMessage()
                            + "); it is damaged or of an unusual kind, replace or remove it",
                    e);
        }
    }

    private static ImageReader reader(Path file, ImageInputStream in) throws IOException {
        Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
        while (readers.hasNext()) {
            ImageReader reader = readers.next();
            if (FORMATS.contains(reader.getFormatName().toLowerCase(Locale.ROOT))) {
                return reader;
            }
            reader.dispose();
        }
        throw new DataFileException(file, "is not a JPEG or PNG image; convert or remove it");
    }

    private static Size size(Path file, ImageReader reader, long fileBytes) throws IOException {
        Size size = new Size(reader.getHeight(0), reader.getWidth(0));
        if ((long) size.height() * size.width() > PIXELS_PER_BYTE * fileBytes) {
            throw new DataFileException(
                    file,
                    "claims to be "
                            + size
                            + ", which its "
                            + fileBytes
                            + " bytes cannot hold; it is damaged, replace or remove it");
        }
        return size;
    }

    private static void copyColours(BufferedImage image, byte[] destination, int offset) {
        int at = offset;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                int rgb = image.getRGB(x, y);
                destination[at++] = (byte) (rgb >> 16);
                destination[at++] = (byte) (rgb >> 8);
                destination[at++] = (byte) rgb;
            }
        }
    }

    /** Not through getRGB, which would brighten grey images by a gamma curve. */
    private static void copySamples(BufferedImage image, byte[] destination, int offset) {
        Raster raster = image.getRaster();
        int[] bands = raster.getNumBands() >= 3 ? new int[] {0, 1, 2} : new int[] {0, 0, 0};
        int shift = Math.max(0, raster.getSampleModel().getSampleSize(0) - 8);
        int at = offset;
        for (int y = 0; y < image.getHeight(); y++) {
            for (int x = 0; x < image.getWidth(); x++) {
                for (int band : bands) {
                    destination[at++] = (byte) (raster.getSample(x, y, band) >> shift);
                }
            }
        }
    }
}
