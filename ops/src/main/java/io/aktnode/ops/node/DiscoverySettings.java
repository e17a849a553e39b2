package io.aktnode.ops.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigValueFactory;
import io.aktnode.ops.config.SettingsReader;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * How nodes that are given no seeds find each other: Akka Cluster Bootstrap asks the found nodes'
 * management for the cluster, and starts one only where there is none.
 *
 * @param method one of {@link #METHODS}
 * @param service what is looked up: a DNS name, or the pods' label {@code app}
 * @param contactPoints nodes that must be found, and all answer, before a new cluster is started
 * @param endpoints host:port of managements, of {@link #CONFIG} only
 */
public record DiscoverySettings(
        String method, String service, int contactPoints, List<String> endpoints) {

    /** The method whose endpoints are settings. */
    public static final String CONFIG = "config";

    /** Names of Akka Discovery's methods, which are the setting's values. */
    public static final List<String> METHODS = List.of(CONFIG, "akka-dns", "kubernetes-api");

    private static final int MOST_CONTACT_POINTS = 1000;
    private static final String SECTION = "node.discovery.";

    public DiscoverySettings {
        endpoints = List.copyOf(endpoints);
    }

    /** Reads {@code akt.node.discovery}; nothing if no method is given. */
    static Optional<DiscoverySettings> read(SettingsReader akt) {
        List<String> endpoints = Addresses.read(akt, SECTION + "endpoints");
        int contactPoints = akt.integer(SECTION + "contact-points", 0, MOST_CONTACT_POINTS);
        String service = akt.text(SECTION + "service");
        if (!service.matches("[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?")) {
            throw akt.wrong(
                    SECTION + "service", "a name of letters, digits, hyphens and dots", null);
        }
        if (akt.given(SECTION + "method").isEmpty()) {
            if (!endpoints.isEmpty()) {
                throw akt.wrong(
                        SECTION + "endpoints", "none without node.discovery.method = config", null);
            }
            return Optional.empty();
        }
        String method = akt.choice(SECTION + "method", METHODS);
        if (method.equals(CONFIG) == endpoints.isEmpty()) {
            throw akt.wrong(
                    SECTION + "endpoints",
                    method.equals(CONFIG)
                            ? "host:port of the management of each node"
                            : "none: the method " + method + " finds them",
                    null);
        }
        if (method.equals(CONFIG) != (contactPoints == 0)) {
            throw akt.wrong(
                    SECTION + "contact-points",
                    method.equals(CONFIG)
                            ? "0: before a new cluster starts all endpoints must answer"
                            : "the number of nodes at the start, else each could start a cluster of"
                                    + " its own",
                    null);
        }
        return Optional.of(
                new DiscoverySettings(
                        method, service, Math.max(contactPoints, endpoints.size()), endpoints));
    }

    /** What Akka is to know of it. */
    Config akka(int managementPort) {
        String discovery = "akka.management.cluster.bootstrap.contact-point-discovery.";
        Config bootstrap =
                ConfigFactory.parseMap(
                        Map.of(
                                discovery + "discovery-method",
                                method,
                                discovery + "service-name",
                                service,
                                discovery + "effective-name",
                                service,
                                discovery + "required-contact-point-nr",
                                contactPoints,
                                // Where a method finds hosts without ports.
                                "akka.management.cluster.bootstrap.contact-point.fallback-port",
                                managementPort),
                        "akt.node.discovery");
        // A value, not a path of keys: a service's name may hold dots.
        Map<String, Object> services =
                Map.of(
                        service,
                        Map.of("endpoints", endpoints.stream().map(Addresses::asMap).toList()));
        return method.equals(CONFIG)
                ? bootstrap.withValue(
                        "akka.discovery.config.services",
                        ConfigValueFactory.fromMap(services, "akt.node.discovery"))
                : bootstrap;
    }
}
