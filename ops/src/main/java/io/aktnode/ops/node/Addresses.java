package io.aktnode.ops.node;

import io.aktnode.ops.config.SettingsReader;
import java.util.List;
import java.util.Map;

/** Addresses in settings: {@code host:port}, or a host alone. */
final class Addresses {

    private Addresses() {}

    /** A setting that is a list of {@code host:port}. */
    static List<String> read(SettingsReader akt, String key) {
        List<String> addresses = akt.texts(key);
        if (!addresses.stream().allMatch(address -> address.matches("[^:/\\s]+:[0-9]{1,5}"))) {
            throw akt.wrong(key, "a list of host:port such as [\"10.0.0.5:25520\"]", null);
        }
        return addresses;
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
