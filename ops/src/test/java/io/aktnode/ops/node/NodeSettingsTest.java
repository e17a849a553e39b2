package io.aktnode.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.SettingsException;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class NodeSettingsTest {

    private static NodeSettings read(Map<String, Object> values) {
        Map<String, Settings.Flag> flags = new HashMap<>();
        values.forEach((key, value) -> flags.put(key, new Settings.Flag("a test", value)));
        return NodeSettings.read(Settings.load(Optional.empty(), Optional.empty(), flags).akt());
    }

    private static String refusal(Map<String, Object> values) {
        return assertThrows(SettingsException.class, () -> read(values)).getMessage();
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "127.0.0.1:25520", "a b"})
    void refusesHostsThatAreNone(String host) {
        for (String key : List.of("node.host", "management.host")) {
            assertEquals(
                    "akt."
                            + key
                            + " (a test) is \""
                            + host
                            + "\", expected a name or an address such as 10.0.0.5 or fd00::5,"
                            + " without port",
                    refusal(Map.of(key, host, "node.insecure", true)));
        }
    }

    @ParameterizedTest
    @ValueSource(strings = {"0.0.0.0", "::", "[::]"})
    void refusesToBeReachedEverywhere(String host) {
        assertEquals(
                "akt.node.host (a test) is \""
                        + host
                        + "\", expected the one name or address at which other nodes reach this"
                        + " one, not all it has",
                refusal(Map.of("node.host", host, "node.insecure", true)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "10.0.0.5:0",
                "10.0.0.5:65536",
                "10.0.0.5:99999",
                "10.0.0.5",
                ":25520",
                "fd00::5:25520",
                "fd00::5",
                "a b:25520"
            })
    void refusesSeedsAndEndpointsThatAreNoAddresses(String address) {
        for (String key : List.of("node.seeds", "node.discovery.endpoints")) {
            assertEquals(
                    "akt."
                            + key
                            + " (a test) is [\""
                            + address
                            + "\"], expected a list of host:port such as [\"10.0.0.5:25520\","
                            + " \"[fd00::5]:25520\"], ports from 1 to 65535",
                    refusal(Map.of(key, List.of(address))));
        }
    }

    @Test
    void takesAddressesOfBothKinds() {
        List<String> seeds = List.of("10.0.0.5:1", "[fd00::5]:65535", "node-1.example.org:25520");

        NodeSettings settings =
                read(Map.of("node.host", "::1", "management.host", "[::1]", "node.seeds", seeds));

        assertEquals("::1", settings.host());
        assertEquals("[::1]", settings.managementHost());
        assertEquals(seeds, settings.seeds());
        assertEquals("[fd00::5]", Addresses.host(seeds.get(1)));
        assertEquals(65_535, Addresses.port(seeds.get(1)));
    }
}
