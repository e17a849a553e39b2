package io.aktnode.ops.node;

import io.aktnode.ops.config.SettingsReader;
import java.net.InetAddress;
import java.net.UnknownHostException;
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

    /** Whether only this machine reaches the host. An unknown name counts as another's. */
    static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Whether the host stands for every address of this machine, as 0.0.0.0 does. */
    static boolean isWildcard(String host) {
        try {
            return InetAddress.getByName(host).isAnyLocalAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
