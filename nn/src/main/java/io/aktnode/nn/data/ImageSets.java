package io.aktnode.nn.data;

import java.nio.file.Files;
import java.nio.file.Path;

/** Reads an image set from any supported file or folder. */
public final class ImageSets {

    private ImageSets() {}

    /** Images of one size, whichever; see {@link #read(Path, int, int, int)}. */
    public static ImageSet read(Path path, int classes) {
        return read(path, classes, 0, 0);
    }

    /**
     * A file, or a directory of {@code .bin} files, goes to {@link CifarBinary}; a folder of
     * folders to {@link ImageFolder}.
     *
     * @param classes number of classes of the network
     * @param height size that every image must have; 0 for whichever all have
     * @param width likewise
     * @throws DataFileException for anything else, with what is supported
     */
    public static ImageSet read(Path path, int classes, int height, int width) {
        if (!Files.exists(path)) {
            throw new DataFileException(path, "there is no such file or folder; check the path");
        }
        if (!Files.isDirectory(path)) {
            return requireSize(path, CifarBinary.read(path, classes), height, width);
        }
        if (!ImageFolder.list(path, p -> p.toString().endsWith(".bin")).isEmpty()) {
            return requireSize(path, CifarBinary.read(path, classes), height, width);
        }
        if (ImageFolder.list(path, Files::isDirectory).isEmpty()) {
            throw new DataFileException(
                    path,
                    "holds neither CIFAR .bin files nor class folders with JPEG or PNG images;"
                            + " check the path");
        }
        return ImageFolder.read(path, classes, height, width);
    }

    private static ImageSet requireSize(Path path, ImageSet set, int height, int width) {
        if (height != 0 && (set.height() != height || set.width() != width)) {
            throw new DataFileException(
                    path,
                    "has images of "
                            + set.height()
                            + "x"
                            + set.width()
                            + ", expected "
                            + height
                            + "x"
                            + width
                            + " as the network does; use a folder of images of that size");
        }
        return set;
    }
}
