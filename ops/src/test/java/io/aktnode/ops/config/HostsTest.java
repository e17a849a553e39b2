package io.aktnode.ops.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class HostsTest {

    @ParameterizedTest
    @ValueSource(strings = {"a", "node-1.example.org", "10.0.0.5", "fd00::5", "[fd00::5]", "::1"})
    void knowsHosts(String host) {
        assertTrue(Hosts.isHost(host));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                " ",
                "10.0.0.5 ",
                "a/b",
                "10.0.0.5:25520",
                "node:1",
                "[fd00::5",
                "fd00::5::1",
                "[10.0.0.5]",
                "<hostname>",
                "a|b"
            })
    void knowsWhatIsNone(String text) {
        assertFalse(Hosts.isHost(text));
    }

    @Test
    void putsOnlyBareAddressesOfIpv6InBrackets() {
        assertEquals("[fd00::5]", Hosts.beforePort("fd00::5"));
        assertEquals("[fd00::5]", Hosts.beforePort("[fd00::5]"));
        assertEquals("10.0.0.5", Hosts.beforePort("10.0.0.5"));
    }

    @ParameterizedTest
    @ValueSource(strings = {"127.0.0.1", "::1", "[::1]", "localhost"})
    void knowsLoopback(String host) {
        assertTrue(Hosts.isLoopback(host));
    }

    @ParameterizedTest
    @ValueSource(strings = {"", " ", "0.0.0.0", "::", "10.0.0.5", "no-such-host.invalid"})
    void takesNothingElseForLoopback(String host) {
        assertFalse(Hosts.isLoopback(host));
    }
}
