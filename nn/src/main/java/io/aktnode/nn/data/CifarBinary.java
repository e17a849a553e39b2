package io.aktnode.nn.data;

import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * Reads CIFAR's binary layout: records of one label byte (CIFAR-10) or a coarse and a fine one
 * (CIFAR-100, the fine one is used), then 1,024 red, 1,024 green and 1,024 blue bytes, row-major.
 */
public final class CifarBinary {

    private static final int SIDE = 32;
    private static final int PLANE = SIDE * SIDE;
    private static final int IMAGE = 3 * PLANE;

    private static final List<String> CIFAR10_NAMES =
            List.of(
                    "airplane",
                    "automobile",
                    "bird",
                    "cat",
                    "deer",
                    "dog",
                    "frog",
                    "horse",
                    "ship",
                    "truck");

    private CifarBinary() {}

    /**
     * @param path a file, or a directory whose {@code .bin} files are read in alphabetical order
     * @param classes number of classes; a file whose size fits both layouts is taken as CIFAR-100
     *     if this is more than 10
     * @throws DataFileException for anything that cannot be read as such
     */
    public static ImageSet read(Path path, int classes) {
        List<byte[]> pixels = new ArrayList<>();
        List<int[]> labels = new ArrayList<>();
        long images = 0;
        for (Path file : files(path)) {
            byte[] content = load(file);
            int labelBytes = labelBytes(file, content.length, classes);
            int[] fileLabels = new int[content.length / (labelBytes + IMAGE)];
            byte[] filePixels = new byte[fileLabels.length * IMAGE];
            decode(file, content, labelBytes, classes, fileLabels, filePixels);
            labels.add(fileLabels);
            pixels.add(filePixels);
            images += fileLabels.length;
        }
        if (images * IMAGE > Integer.MAX_VALUE - 8) {
            throw new DataFileException(
                    path, "holds " + images + " images, at most 699050 fit; use fewer files");
        }
        ByteArrayOutputStream all = new ByteArrayOutputStream((int) images * IMAGE);
        pixels.forEach(all::writeBytes);
        return new ImageSet(
                names(classes),
                SIDE,
                SIDE,
                all.toByteArray(),
                labels.stream().flatMapToInt(IntStream::of).toArray());
    }

    private static List<Path> files(Path path) {
        if (!Files.isDirectory(path)) {
            return List.of(path);
        }
        List<Path> files = ImageFolder.list(path, p -> p.toString().endsWith(".bin"));
        if (files.isEmpty()) {
            throw new DataFileException(path, "holds no .bin files; check the path");
        }
        return files;
    }

    private static byte[] load(Path file) {
        try {
            if (!Files.exists(file)) {
                throw new DataFileException(file, "there is no such file; check the path");
            }
            if (Files.size(file) > Integer.MAX_VALUE - 8) {
                throw new DataFileException(file, "has more than 2 GB; split it");
            }
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new DataFileException(file, "cannot be read (" + e + ")", e);
        }
    }

    private static int labelBytes(Path file, int size, int classes) {
        boolean one = size > 0 && size % (1 + IMAGE) == 0;
        boolean two = size > 0 && size % (2 + IMAGE) == 0;
        if (!one && !two) {
            throw new DataFileException(
                    file,
                    "has "
                            + size
                            + " bytes, expected a multiple of 3073 (CIFAR-10) or 3074 (CIFAR-100);"
                            + " it is cut off or another format");
        }
        if (one && two) {
            return classes > 10 ? 2 : 1;
        }
        return one ? 1 : 2;
    }

    private static void decode(
            Path file, byte[] content, int labelBytes, int classes, int[] labels, byte[] pixels) {
        for (int i = 0; i < labels.length; i++) {
            int record = i * (labelBytes + IMAGE);
            labels[i] = content[record + labelBytes - 1] & 0xFF;
            if (labels[i] >= classes) {
                throw new DataFileException(
                        file,
                        "label "
                                + labels[i]
                                + " of image "
                                + i
                                + " is outside 0.."
                                + (classes - 1)
                                + "; these are CIFAR-"
                                + (labelBytes == 1 ? "10" : "100")
                                + " records, check the number of classes");
            }
            int planes = record + labelBytes;
            for (int p = 0; p < PLANE; p++) {
                for (int channel = 0; channel < 3; channel++) {
                    pixels[i * IMAGE + p * 3 + channel] = content[planes + channel * PLANE + p];
                }
            }
        }
    }

    private static List<String> names(int classes) {
        return classes == CIFAR10_NAMES.size()
                ? CIFAR10_NAMES
                : IntStream.range(0, classes).mapToObj(Integer::toString).toList();
    }
}
