package io.aktnode.it.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;

/** The sockets of a process as Linux shows them under {@code /proc}. */
final class Sockets {

    private static final String LISTENING = "0A";
    private static final int STATE = 3;
    private static final int INODE = 9;
    private static final int HEX = 16;

    private Sockets() {}

    /** A socket others can send to. */
    record Port(boolean tcp, String address, int number) {}

    /** Open to TCP connections, or bound to a UDP port, in the process' own network namespace. */
    static List<Port> listening(long pid) throws IOException {
        Set<String> own = new HashSet<>();
        try (Stream<Path> files = Files.list(Path.of("/proc/" + pid + "/fd"))) {
            for (Path file : files.toList()) {
                try {
                    own.add(Files.readSymbolicLink(file).toString());
                } catch (IOException e) {
                    // Closed meanwhile.
                }
            }
        }
        List<Port> ports = new ArrayList<>();
        for (String table : List.of("tcp", "tcp6", "udp", "udp6")) {
            List<String> lines = Files.readAllLines(Path.of("/proc/" + pid + "/net/" + table));
            for (String line : lines.subList(1, lines.size())) {
                String[] fields = line.strip().split("\\s+");
                boolean tcp = table.startsWith("tcp");
                if (own.contains("socket:[" + fields[INODE] + "]")
                        && (!tcp || fields[STATE].equals(LISTENING))) {
                    ports.add(port(tcp, fields[1]));
                }
            }
        }
        return ports;
    }

    /** As in {@code 0100007F:1F90}: the address in the machine's order, an IPv6 one's last part. */
    private static Port port(boolean tcp, String local) {
        String[] parts = local.split(":");
        String address = parts[0].substring(parts[0].length() - 8);
        List<String> bytes = new ArrayList<>();
        for (int i = 6; i >= 0; i -= 2) {
            bytes.add(Integer.toString(Integer.parseInt(address.substring(i, i + 2), HEX)));
        }
        String dotted = String.join(".", bytes);
        return new Port(
                tcp,
                dotted.equals("0.0.0.0") ? "127.0.0.1" : dotted,
                Integer.parseInt(parts[1], HEX));
    }
}
