package io.aktnode.ops.node;

import io.aktnode.ops.config.Hosts;
import io.aktnode.ops.config.SettingsReader;
import java.util.List;
import java.util.Map;

/** Addresses in settings: {@code host:port}, or a host alone. */
final class Addresses {

    static final int HIGHEST_PORT = 65_535;

    private Addresses() {}

    /** A setting that is a list of {@code host:port}. */
    static List<String> read(SettingsReader akt, String key) {
        List<String> addresses = akt.texts(key);
        if (!addresses.stream().allMatch(Addresses::valid)) {
            throw akt.wrong(
                    key,
                    "a list of host:port such as [\"10.0.0.5:25520\", \"[fd00::5]:25520\"], ports"
                            + " from 1 to 65535",
                    null);
        }
        return addresses;
    }

    private static boolean valid(String address) {
        if (!address.matches(".+:[0-9]{1,5}")) {
            return false;
        }
        String host = host(address);
        return Hosts.isHost(host)
                && host.equals(Hosts.beforePort(host))
                && port(address) >= 1
                && port(address) <= HIGHEST_PORT;
    }

    static String host(String address) {
        return address.substring(0, address.lastIndexOf(':'));
    }

    static int port(String address) {
        return Integer.parseInt(address.substring(address.lastIndexOf(':') + 1));
    }

    static Map<String, Object> asMap(String address) {
        return Map.of("host", host(address), "port", port(address));
    }
}
