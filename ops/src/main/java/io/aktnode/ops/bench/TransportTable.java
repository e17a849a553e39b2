package io.aktnode.ops.bench;

import java.util.ArrayList;
import java.util.List;
import java.util.Locale;

/** What {@code akt-node bench --transport} prints for people. */
public final class TransportTable {

    private static final String ROW = "  %-49s %7s %12s %12s %9s %5s";

    private TransportTable() {}

    /** Its lines, without line ends. */
    public static List<String> lines(List<TransportBench.Figures> channels) {
        List<String> lines = new ArrayList<>();
        lines.add(row("", "GB/s", "median ms", "p99 ms", "frames", "lost"));
        for (TransportBench.Figures figures : channels) {
            lines.add(
                    row(
                            figures.channel() + (figures.encrypted() ? ", AES-256-GCM" : ""),
                            format("%.2f", figures.bytesPerSecond() / 1e9),
                            format("%.3f", figures.latency().median() * 1e3),
                            format("%.3f", figures.latency().p99() * 1e3),
                            Long.toString(figures.frames()),
                            Long.toString(figures.lost())));
        }
        lines.add(
                format(
                        "frames of %d bytes; latency of one frame alone, from the start of sending to"
                                + " its last byte in the receiver's memory",
                        channels.get(0).frameBytes()));
        return lines;
    }

    private static String row(String... cells) {
        return format(ROW, (Object[]) cells).stripTrailing();
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
