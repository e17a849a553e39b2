package io.aktnode.ops.node;

import io.aktnode.ops.config.SettingsReader;
import java.util.List;

/**
 * This process as a node.
 *
 * @param role one of {@link #ROLES}
 * @param host where other nodes reach it
 * @param port of the control plane; 0 is any free one
 * @param seeds host:port of nodes already there; empty starts a cluster
 * @param exitWhenDone whether role {@code all} ends with its job
 * @param management whether the HTTP endpoints are served
 * @param managementHost address they are bound to
 */
public record NodeSettings(
        String role,
        String host,
        int port,
        List<String> seeds,
        boolean exitWhenDone,
        boolean management,
        String managementHost,
        int managementPort) {

    /** Does everything in one process. */
    public static final String ALL = "all";

    public static final List<String> ROLES =
            List.of(ALL, "generator", "teacher", "student", "supervisor");

    private static final int HIGHEST_PORT = 65_535;

    public NodeSettings {
        seeds = List.copyOf(seeds);
    }

    /** Reads the {@code akt.node} and {@code akt.management} settings. */
    public static NodeSettings read(SettingsReader akt) {
        List<String> seeds = akt.texts("node.seeds");
        if (!seeds.stream().allMatch(seed -> seed.matches("[^:/\\s]+:[0-9]{1,5}"))) {
            throw akt.wrong("node.seeds", "a list of host:port such as [\"10.0.0.5:25520\"]", null);
        }
        return new NodeSettings(
                akt.choice("node.role", ROLES),
                akt.text("node.host"),
                akt.integer("node.port", 0, HIGHEST_PORT),
                seeds,
                akt.flag("node.exit-when-done"),
                akt.flag("management.enabled"),
                akt.text("management.host"),
                akt.integer("management.port", 1, HIGHEST_PORT));
    }
}
