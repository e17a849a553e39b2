package io.aktnode.nn.data;

import java.awt.image.BufferedImage;
import java.awt.image.IndexColorModel;
import java.awt.image.Raster;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Iterator;
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

    private interface Use<T> {
        T apply(ImageReader reader) throws IOException;
    }

    /** Height and width, from the file's header alone. */
    static Size size(Path file) {
        return with(file, reader -> new Size(reader.getHeight(0), reader.getWidth(0)));
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
                        reader -> {
                            // Before the pixels: a wrong image may be too large for the memory.
                            Size found = new Size(reader.getHeight(0), reader.getWidth(0));
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
        try (ImageInputStream in =
                new MemoryCacheImageInputStream(
                        new ByteArrayInputStream(Files.readAllBytes(file)))) {
            Iterator<ImageReader> readers = ImageIO.getImageReaders(in);
            if (!readers.hasNext()) {
                throw new DataFileException(
                        file, "is not a JPEG or PNG image; convert or remove it");
            }
            ImageReader reader = readers.next();
            try {
                reader.setInput(in, true, true);
                return use.apply(reader);
            } finally {
                reader.dispose();
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
