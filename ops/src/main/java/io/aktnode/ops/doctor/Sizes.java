package io.aktnode.ops.doctor;

import java.util.Locale;

/** Bytes for people. */
final class Sizes {

    private Sizes() {}

    static String text(long bytes) {
        return bytes >= 10L << 30
                ? (bytes >> 30) + " GB"
                : bytes >= 1L << 30
                        ? String.format(Locale.ROOT, "%.1f GB", bytes / (double) (1 << 30))
                        : bytes >= 1 << 20 ? (bytes >> 20) + " MB" : (bytes >> 10) + " KB";
    }
}
