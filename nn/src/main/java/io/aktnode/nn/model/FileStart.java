package io.aktnode.nn.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;

/** Tells file formats apart by their first bytes. */
final class FileStart {

    private FileStart() {}

    /** Up to nine bytes. */
    static byte[] read(Path file) throws IOException {
        try (InputStream in = Files.newInputStream(file)) {
            return in.readNBytes(9);
        }
    }

    static boolean isZip(byte[] start) {
        return start.length >= 4
                && start[0] == 'P'
                && start[1] == 'K'
                && start[2] == 3
                && start[3] == 4;
    }

    /** A bare pickle of protocol 2 or later, as PyTorch before 1.6 wrote it. */
    static boolean isPickle(byte[] start) {
        return start.length >= 3
                && start[0] == (byte) 0x80
                && start[1] >= 2
                && start[1] <= 5
                && start[2] != 0;
    }

    /** The length of a JSON header, and the brace with which that begins. */
    static boolean isSafetensors(byte[] start) {
        return start.length == 9 && start[8] == '{';
    }
}
