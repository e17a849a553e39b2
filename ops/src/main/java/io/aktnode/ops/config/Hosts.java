package io.aktnode.ops.config;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Names and addresses of machines. */
public final class Hosts {

    private Hosts() {}

    /** Whether it is a name or an address, of IPv6 with brackets or without. */
    public static boolean isHost(String text) {
        if (!text.contains(":")) {
            return text.matches("[A-Za-z0-9._-]+");
        }
        try {
            return text.matches("\\[[0-9A-Fa-f:.]+]|[0-9A-Fa-f:.]+")
                    && InetAddress.getByName(text) != null;
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** The host as it stands before a colon and a port: an address of IPv6 in brackets. */
    public static String beforePort(String host) {
        return host.contains(":") && !host.startsWith("[") ? "[" + host + "]" : host;
    }

    /** Whether only this machine reaches the host. An unknown name counts as another's. */
    public static boolean isLoopback(String host) {
        try {
            // Java takes none for loopback, servers for any address of the machine.
            return !host.isBlank() && InetAddress.getByName(host).isLoopbackAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }

    /** Whether the host stands for every address of this machine, as 0.0.0.0 does. */
    public static boolean isWildcard(String host) {
        try {
            return InetAddress.getByName(host).isAnyLocalAddress();
        } catch (UnknownHostException e) {
            return false;
        }
    }
}
