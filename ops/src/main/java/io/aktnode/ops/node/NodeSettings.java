package io.aktnode.ops.node;

import io.aktnode.actors.cluster.HostKeys;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.ops.config.Hosts;
import io.aktnode.ops.config.SettingsReader;
import io.aktnode.protocol.control.Passport;
import java.time.Clock;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.Set;

/**
 * This process as a node.
 *
 * @param roles {@link #ALL} alone, or some of {@link HostKeys#kinds}
 * @param run its name; nodes of another are not taken into it
 * @param host where other nodes reach it
 * @param tls of the control plane
 * @param exposure which of its ports other machines may reach
 * @param port of the control plane; 0 is any free one
 * @param seeds host:port of nodes already there; empty without discovery starts a cluster
 * @param discovery how it finds others without seeds
 * @param students how many students it bears at most
 * @param joins widths in bits of students of its own that join the running training
 * @param failureAfter silence after which another node is taken for lost
 * @param exitWhenDone whether the process ends with its job
 * @param transportPort where frames from other nodes come in; 0 is any free one for each role
 * @param management whether the HTTP endpoints are served
 * @param managementHost address they are bound to
 */
public record NodeSettings(
        List<String> roles,
        String run,
        String host,
        Optional<TlsSettings> tls,
        Exposure exposure,
        int port,
        List<String> seeds,
        Optional<DiscoverySettings> discovery,
        int students,
        List<Integer> joins,
        Duration failureAfter,
        boolean exitWhenDone,
        int transportPort,
        boolean management,
        String managementHost,
        int managementPort) {

    /** Does everything in one process. */
    public static final String ALL = "all";

    private static final Duration LEAST_FAILURE_AFTER = Duration.ofSeconds(2);

    public NodeSettings {
        roles = List.copyOf(roles);
        seeds = List.copyOf(seeds);
        joins = List.copyOf(joins);
    }

    /** Reads the {@code akt.node}, {@code akt.transport} and {@code akt.management} settings. */
    public static NodeSettings read(SettingsReader akt) {
        Duration failureAfter = akt.duration("node.failure-after");
        if (failureAfter.compareTo(LEAST_FAILURE_AFTER) < 0) {
            throw akt.wrong("node.failure-after", "at least 2s", null);
        }
        Optional<TlsSettings> tls = TlsSettings.read(akt, Clock.systemUTC());
        NodeSettings settings =
                new NodeSettings(
                        roles(akt),
                        akt.text("node.run"),
                        reachable(akt),
                        tls,
                        Exposure.read(akt, tls.isPresent()),
                        akt.integer("node.port", 0, Addresses.HIGHEST_PORT),
                        Addresses.read(akt, "node.seeds"),
                        DiscoverySettings.read(akt),
                        akt.integer("node.students", 1, 1000),
                        joins(akt),
                        failureAfter,
                        akt.flag("node.exit-when-done"),
                        akt.integer("transport.port", 0, Addresses.HIGHEST_PORT),
                        akt.flag("management.enabled"),
                        host(akt, "management.host"),
                        akt.integer("management.port", 1, Addresses.HIGHEST_PORT));
        settings.exposure().check(akt, settings.management());
        settings.discovery().ifPresent(discovery -> settings.requireFindable(akt));
        return settings;
    }

    /** Who is found by its management must serve it where the others can ask it. */
    private void requireFindable(SettingsReader akt) {
        if (!seeds.isEmpty()) {
            throw akt.wrong(
                    "node.seeds", "none together with node.discovery.method; leave one out", null);
        }
        if (!management) {
            throw akt.wrong(
                    "management.enabled",
                    "true: with node.discovery.method nodes find each other by it",
                    null);
        }
        boolean unreachable = Hosts.isLoopback(managementHost) && !Hosts.isLoopback(host);
        if (unreachable || Hosts.isWildcard(managementHost)) {
            throw akt.wrong(
                    "management.host",
                    "this node's address, "
                            + host
                            + ": with node.discovery.method the others find it there",
                    null);
        }
    }

    private static String reachable(SettingsReader akt) {
        String host = host(akt, "node.host");
        if (Hosts.isWildcard(host)) {
            throw akt.wrong(
                    "node.host",
                    "the one name or address at which other nodes reach this one, not all it has",
                    null);
        }
        return host;
    }

    private static String host(SettingsReader akt, String key) {
        String host = akt.text(key);
        if (!Hosts.isHost(host)) {
            throw akt.wrong(
                    key, "a name or an address such as 10.0.0.5 or fd00::5, without port", null);
        }
        return host;
    }

    private static List<Integer> joins(SettingsReader akt) {
        List<Integer> bits = akt.integers("node.join");
        boolean valid =
                bits.stream().allMatch(QuantizationConfig::possible)
                        && Set.copyOf(bits).size() == bits.size();
        if (!valid) {
            throw akt.wrong("node.join", "widths of 2 to 8 bits, each once", null);
        }
        if (!bits.isEmpty() && !roles(akt).contains(HostKeys.STUDENT)) {
            throw akt.wrong(
                    "node.join", "none without the role student; give --role=student too", null);
        }
        return bits;
    }

    private static List<String> roles(SettingsReader akt) {
        List<String> roles =
                Arrays.stream(akt.text("node.role").toLowerCase(Locale.ROOT).split(",", -1))
                        .map(String::strip)
                        .distinct()
                        .toList();
        if (!roles.equals(List.of(ALL)) && !HostKeys.kinds().containsAll(roles)) {
            throw akt.wrong(
                    "node.role",
                    ALL + ", or some of " + String.join(", ", HostKeys.kinds()) + " with commas",
                    null);
        }
        return roles;
    }

    /** Whether this process does everything by itself. */
    public boolean all() {
        return roles.equals(List.of(ALL));
    }

    /** Shown to the others of the cluster. */
    Passport passport() {
        return Passport.of(run);
    }

    /**
     * A role in the cluster of those that may lead the same run: one of another run or release must
     * not take the lead over, because nobody would follow it.
     */
    String leadRole() {
        return "lead-" + passport().group();
    }

    /** Whether it may lead a run. */
    public boolean supervises() {
        return roles.contains(HostKeys.SUPERVISOR);
    }
}
