package io.aktnode.nn.data;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.function.Predicate;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Reads a folder of class folders with JPEG and PNG images. A class's label is its folder's
 * position in the alphabetical list; names beginning with a dot and files of other kinds are
 * ignored. Decodes on the common pool.
 */
public final class ImageFolder {

    private ImageFolder() {}

    /** Reads images of one size, whichever; see {@link #read(Path, int, int, int)}. */
    public static ImageSet read(Path folder, int classes) {
        return read(folder, classes, 0, 0);
    }

    /**
     * @param classes how many class folders there must be
     * @param height size that every image must have; 0 for that of the first image
     * @param width likewise
     * @throws DataFileException naming the folder or image that cannot be used
     */
    public static ImageSet read(Path folder, int classes, int height, int width) {
        List<Path> folders = list(folder, Files::isDirectory);
        if (folders.size() != classes) {
            throw new DataFileException(
                    folder,
                    "has "
                            + folders.size()
                            + " class folders "
                            + folders.stream().limit(12).map(p -> p.getFileName()).toList()
                            + ", expected "
                            + classes
                            + "; check the path and the number of classes");
        }
        List<Path> files = new ArrayList<>();
        List<Integer> labels = new ArrayList<>();
        for (int label = 0; label < classes; label++) {
            List<Path> images = list(folders.get(label), ImageFolder::isImage);
            if (images.isEmpty()) {
                throw new DataFileException(
                        folders.get(label), "holds no JPEG or PNG image; add some");
            }
            for (Path image : images) {
                files.add(image);
                labels.add(label);
            }
        }
        ImageDecoder.Size size =
                height == 0
                        ? ImageDecoder.size(files.get(0))
                        : new ImageDecoder.Size(height, width);
        String expectation =
                height == 0
                        ? "like the first image " + files.get(0).getFileName()
                        : "as the network does";
        return new ImageSet(
                folders.stream().map(p -> p.getFileName().toString()).toList(),
                size.height(),
                size.width(),
                decode(folder, files, size, expectation),
                labels.stream().mapToInt(Integer::intValue).toArray());
    }

    private static byte[] decode(
            Path folder, List<Path> files, ImageDecoder.Size size, String expectation) {
        long bytes = (long) size.height() * size.width() * 3;
        if (bytes * files.size() > Integer.MAX_VALUE - 8) {
            throw new DataFileException(
                    folder,
                    files.size()
                            + " images of "
                            + size
                            + " need more than 2 GB of memory; use fewer or smaller images");
        }
        byte[] pixels = new byte[(int) bytes * files.size()];
        IntStream.range(0, files.size())
                .parallel()
                .forEach(
                        i ->
                                ImageDecoder.decode(
                                        files.get(i), size, expectation, pixels, (int) bytes * i));
        return pixels;
    }

    private static boolean isImage(Path file) {
        String name = file.getFileName().toString().toLowerCase(Locale.ROOT);
        return Files.isRegularFile(file)
                && (name.endsWith(".jpg") || name.endsWith(".jpeg") || name.endsWith(".png"));
    }

    /** Visible entries, sorted by name. */
    static List<Path> list(Path folder, Predicate<Path> wanted) {
        try (Stream<Path> entries = Files.list(folder)) {
            return entries.filter(p -> !p.getFileName().toString().startsWith("."))
                    .filter(wanted)
                    .sorted(
                            (a, b) ->
                                    a.getFileName()
                                            .toString()
                                            .compareTo(b.getFileName().toString()))
                    .toList();
        } catch (IOException | UncheckedIOException e) {
            throw new DataFileException(folder, "cannot be read (" + e + ")", e);
        }
    }
}
