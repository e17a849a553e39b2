package io.aktnode.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.SettingsException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;

class DiscoverySettingsTest {

    private static final String METHOD = "node.discovery.method";
    private static final String SERVICE = "node.discovery.service";
    private static final String CONTACT_POINTS = "node.discovery.contact-points";
    private static final String ENDPOINTS = "node.discovery.endpoints";
    private static final List<String> TWO = List.of("127.0.0.1:8558", "127.0.0.2:8559");

    private static Settings settings(Map<String, Object> values) {
        Map<String, Settings.Flag> flags = new HashMap<>();
        values.forEach((key, value) -> flags.put(key, new Settings.Flag("a test", value)));
        return Settings.load(Optional.empty(), Optional.empty(), flags);
    }

    private static Config akka(Map<String, Object> values) {
        Settings settings = settings(values);
        return ClusterNode.config(NodeSettings.read(settings.akt()), settings.everything())
                .getConfig("akka");
    }

    private static String refusal(Map<String, Object> values) {
        return assertThrows(
                        SettingsException.class, () -> NodeSettings.read(settings(values).akt()))
                .getMessage();
    }

    @Test
    void isOffByDefaultAndThenBootstrapIsNotServed() {
        assertEquals(Optional.empty(), NodeSettings.read(settings(Map.of()).akt()).discovery());
        assertEquals("", akka(Map.of()).getString("management.http.routes.cluster-bootstrap"));
    }

    @Test
    void givesAkkaTheEndpointsAndAsksForAllOfThem() {
        Config akka = akka(Map.of(METHOD, "config", SERVICE, "a.b", ENDPOINTS, TWO));
        Config bootstrap = akka.getConfig("management.cluster.bootstrap");

        assertEquals(
                Map.of(
                        "a.b",
                        Map.of(
                                "endpoints",
                                List.of(
                                        Map.of("host", "127.0.0.1", "port", 8558),
                                        Map.of("host", "127.0.0.2", "port", 8559)))),
                akka.getConfig("discovery.config.services").root().unwrapped());
        assertEquals("config", bootstrap.getString("contact-point-discovery.discovery-method"));
        assertEquals("a.b", bootstrap.getString("contact-point-discovery.effective-name"));
        assertEquals(2, bootstrap.getInt("contact-point-discovery.required-contact-point-nr"));
        assertTrue(bootstrap.getBoolean("contact-point-discovery.contact-with-all-contact-points"));
    }

    @Test
    void looksUpPodsByAddressAndAsksTheManagementPortOfItsOwn() {
        Config akka =
                akka(
                        Map.of(
                                METHOD,
                                "kubernetes-api",
                                CONTACT_POINTS,
                                4,
                                "node.host",
                                "10.0.0.4",
                                "node.insecure",
                                true,
                                "management.host",
                                "10.0.0.4",
                                "management.port",
                                8600));
        Config bootstrap = akka.getConfig("management.cluster.bootstrap");

        assertTrue(akka.getBoolean("discovery.kubernetes-api.use-raw-ip"));
        assertEquals("app=%s", akka.getString("discovery.kubernetes-api.pod-label-selector"));
        assertEquals("akt", bootstrap.getString("contact-point-discovery.effective-name"));
        assertEquals(4, bootstrap.getInt("contact-point-discovery.required-contact-point-nr"));
        assertEquals(8600, bootstrap.getInt("contact-point.fallback-port"));
    }

    @Test
    void refusesAnUnknownMethod() {
        assertTrue(
                refusal(Map.of(METHOD, "akka-dns")).contains("the number of nodes at the start"));
        assertTrue(
                refusal(Map.of(METHOD, "config", ENDPOINTS, TWO, CONTACT_POINTS, 1))
                        .contains("all endpoints must answer"));
    }

    @Test
    void refusesSeedsBesidesDiscovery() {
        assertEquals(
                "akt.node.seeds (a test) is [\"10.0.0.1:25520\"], expected none together with"
                        + " node.discovery.method; leave one out",
                refusal(
                        Map.of(
                                METHOD,
                                "config",
                                ENDPOINTS,
                                TWO,
                                "node.seeds",
                                List.of("10.0.0.1:25520"))));
    }

    @Test
    void refusesEndpointsThatTheMethodDoesNotUseOrMisses() {
        assertTrue(refusal(Map.of(METHOD, "config")).contains("host:port of the management"));
        assertTrue(
                refusal(Map.of(ENDPOINTS, TWO))
                        .endsWith("expected none without node.discovery.method = config"));
        assertTrue(
                refusal(Map.of(METHOD, "akka-dns", CONTACT_POINTS, 2, ENDPOINTS, TWO))
                        .endsWith("expected none: the method akka-dns finds them"));
        assertTrue(
                refusal(Map.of(METHOD, "config", ENDPOINTS, List.of("127.0.0.1")))
                        .contains("a list of host:port"));
    }

    @Test
    void asksHowManyNodesThereWillBeWhereNobodyKnows() {
        assertEquals(
                "akt.node.discovery.contact-points (default) is 0, expected the number of nodes at"
                        + " the start, else each could start a cluster of its own",
                refusal(Map.of(METHOD, "akka-dns")));
        assertTrue(
                refusal(Map.of(METHOD, "config", ENDPOINTS, TWO, CONTACT_POINTS, 1))
                        .contains("all endpoints must answer"));
    }

    @Test
    void refusesAServiceThatIsNoName() {
        assertTrue(
                refusal(Map.of(METHOD, "config", ENDPOINTS, TWO, SERVICE, "a b"))
                        .contains("a name of letters"));
    }

    @Test
    void refusesManagementThatOthersCannotAsk() {
        Map<String, Object> found = Map.of(METHOD, "config", ENDPOINTS, TWO);

        Map<String, Object> disabled = new HashMap<>(found);
        disabled.put("management.enabled", false);
        Map<String, Object> loopback = new HashMap<>(found);
        loopback.put("node.host", "10.0.0.1");
        loopback.put("node.insecure", true);
        Map<String, Object> wildcard = new HashMap<>(found);
        wildcard.put("management.host", "0.0.0.0");

        assertEquals(
                "akt.management.enabled (a test) is false, expected true: with"
                        + " node.discovery.method nodes find each other by it",
                refusal(disabled));
        assertTrue(
                refusal(loopback).contains("\"127.0.0.1\", expected this node's address, 10.0.0.1"),
                refusal(loopback));
        assertTrue(
                refusal(wildcard)
                        .startsWith("akt.management.host (a test) is \"0.0.0.0\", expected"),
                refusal(wildcard));
    }
}
