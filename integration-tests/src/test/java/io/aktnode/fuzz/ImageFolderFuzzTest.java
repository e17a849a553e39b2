package io.aktnode.fuzz;

import io.aktnode.nn.data.DataFileException;
import io.aktnode.nn.data.ImageFolder;
import java.awt.image.BufferedImage;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import javax.imageio.ImageIO;

/** Evaluation images as JPEG and PNG files. */
class ImageFolderFuzzTest extends Fuzzing {

    private static final int SIGNATURE_BYTES = 8;
    private static final int AROUND_CHUNK = 12;
    private static final Path FOLDER = Scratch.directory();
    private static final Path FILE = folder("cat").resolve("1.png");

    ImageFolderFuzzTest() {
        super(
                List.of(
                        sample("png", BufferedImage.TYPE_3BYTE_BGR),
                        sample("png", BufferedImage.TYPE_BYTE_INDEXED),
                        sample("png", BufferedImage.TYPE_USHORT_GRAY),
                        sample("png", BufferedImage.TYPE_4BYTE_ABGR),
                        sample("jpg", BufferedImage.TYPE_3BYTE_BGR),
                        sample("jpg", BufferedImage.TYPE_BYTE_GRAY),
                        sample("gif", BufferedImage.TYPE_BYTE_INDEXED),
                        sample("bmp", BufferedImage.TYPE_3BYTE_BGR),
                        sample("tif", BufferedImage.TYPE_3BYTE_BGR)),
                words(
                        "IHDR",
                        "PLTE",
                        "IDAT",
                        "IEND",
                        "tRNS",
                        "\u007f\u00ff\u00ff\u00ffiCCPname\0\0",
                        "\u007f\u00ff\u00ff\u00ffzTXtname\0\0",
                        "\u007f\u00ff\u00ff\u00ffiTXtname\0\0\0\0\0",
                        "\u007f\u00ff\u00ff\u00ffeXIf",
                        "\u00ff\u00d8",
                        "\u00ff\u00c0\0\u0011\u0008\u00ff\u00ff\u00ff\u00ff\u0003",
                        "\u00ff\u00c2\0\u0011\u0008\u00ff\u00ff\u00ff\u00ff\u0003",
                        "\u00ff\u00c4",
                        "\u00ff\u00da",
                        "\u00ff\u00db",
                        "\u00ff\u00dd\0\u0004\0\u0001",
                        "\u00ff\u00e0\u00ff\u00ffJFIF",
                        "\u00ff\u00e2\u00ff\u00ffICC_PROFILE\0\u0001\u00ff",
                        "\u00ff\u00ee\0\u000eAdobe",
                        "\u00ff\u00d9"),
                // A byte may stand for 4096 pixels of up to 16 bytes while they are decoded.
                1 << 20,
                1 << 16);
    }

    private static Path folder(String name) {
        try {
            return Files.createDirectory(FOLDER.resolve(name));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    private static byte[] sample(String format, int type) {
        BufferedImage image = new BufferedImage(12, 8, type);
        for (int i = 0; i < 96; i++) {
            image.setRGB(i % 12, i / 12, 0xFF000000 | i * 0x051A2F);
        }
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try {
            if (!ImageIO.write(image, format, bytes)) {
                throw new IllegalStateException("no writer of " + format);
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    /** Fitting is to give each PNG chunk the checksum of what it holds now. */
    @Override
    byte[] prepare(Input input) {
        byte[] bytes = input.bytes().clone();
        if (input.fit()) {
            ByteBuffer view = ByteBuffer.wrap(bytes);
            int at = SIGNATURE_BYTES;
            while (at >= 0 && at + AROUND_CHUNK <= bytes.length) {
                int length = view.getInt(at);
                if (length < 0 || length > bytes.length - at - AROUND_CHUNK) {
                    break;
                }
                CRC32 crc = new CRC32();
                crc.update(bytes, at + 4, length + 4);
                view.putInt(at + 8 + length, (int) crc.getValue());
                at += AROUND_CHUNK + length;
            }
        }
        write(FILE, bytes);
        return bytes;
    }

    @Override
    void read(byte[] bytes) {
        try {
            ImageFolder.read(FOLDER, 1);
        } catch (DataFileException refused) {
            // As it should be.
        }
    }
}
