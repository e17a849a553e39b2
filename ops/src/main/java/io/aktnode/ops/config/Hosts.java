package io.aktnode.ops.config;

import java.net.InetAddress;
import java.net.UnknownHostException;

/** Names and addresses of machines. */
public final class Hosts {

    private Hosts() {}

    /** Whether only this machine reaches the host. An unknown name counts as another's. */
    public static boolean isLoopback(String host) {
        try {
            return InetAddress.getByName(host).isLoopbackAddress();
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
