package io.aktnode.ops.node;

import com.typesafe.config.Config;
import io.aktnode.ops.config.Hosts;
import io.aktnode.ops.config.SettingsException;
import io.aktnode.ops.config.SettingsReader;

/**
 * Which ports of this process other machines may reach.
 *
 * @param control whether they may the control plane's: it is TLS, or the user trusts the network
 * @param management whether they may the management's, which is plain HTTP: the user says so
 */
record Exposure(boolean control, boolean management) {

    /**
     * @param tls whether the control plane has it
     */
    static Exposure read(SettingsReader akt, boolean tls) {
        return new Exposure(tls || akt.flag("node.insecure"), akt.flag("management.insecure"));
    }

    /**
     * Checks the addresses of the {@code akt} settings.
     *
     * @param managed whether management is served
     * @throws SettingsException for the first that is not loopback and must be
     */
    void check(SettingsReader akt, boolean managed) {
        if (!control && !Hosts.isLoopback(akt.text("node.host"))) {
            throw akt.wrong(
                    "node.host",
                    "a loopback address such as 127.0.0.1; to be reached from other machines give"
                            + " akt.node.tls (akt-node make-certificates makes what it names), or"
                            + " --insecure if everybody on that network is trusted",
                    null);
        }
        if (managed && !management && !Hosts.isLoopback(akt.text("management.host"))) {
            throw akt.wrong(
                    "management.host",
                    "a loopback address such as 127.0.0.1; management is plain HTTP: set"
                            + " akt.management.insecure if everybody on that network may read it",
                    null);
        }
    }

    /**
     * Checks the addresses a user may have given Akka itself, which beat those.
     *
     * @throws SettingsException for the first that is not loopback and must be
     */
    void check(Config everything) {
        check(everything, "akka.remote.artery.bind.hostname", control, "akt.node.host");
        check(everything, "akka.management.http.bind-hostname", management, "akt.management.host");
    }

    private static void check(Config everything, String key, boolean may, String ours) {
        String host = everything.getString(key);
        if (!may && !host.isEmpty() && !Hosts.isLoopback(host)) {
            throw new SettingsException(
                    key
                            + " is \""
                            + host
                            + "\", expected a loopback address or none, which is "
                            + ours
                            + "; leave it out, or give --insecure if everybody on that network is"
                            + " trusted");
        }
    }
}
