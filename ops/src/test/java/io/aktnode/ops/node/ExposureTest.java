package io.aktnode.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.ops.config.RunSettings;
import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What may be reached from other machines only if the user says so. */
@Timeout(60)
class ExposureTest {

    @TempDir private Path directory;

    private static Settings settings(Optional<Path> file, Map<String, Object> values) {
        Map<String, Settings.Flag> flags = new HashMap<>();
        values.forEach((key, value) -> flags.put(key, new Settings.Flag("a test", value)));
        return Settings.load(Optional.empty(), file, flags);
    }

    private static String refusal(Settings settings) {
        return assertThrows(
                        SettingsException.class,
                        () -> {
                            RunSettings.read(settings.akt());
                            ClusterNode.config(
                                    NodeSettings.read(settings.akt()), settings.everything());
                        })
                .getMessage();
    }

    private static void accepts(Settings settings) {
        RunSettings.read(settings.akt());
        ClusterNode.config(NodeSettings.read(settings.akt()), settings.everything());
    }

    private static void needs(String word, Map<String, Object> values, String expected) {
        assertEquals(expected, refusal(settings(Optional.empty(), values)));
        Map<String, Object> said = new HashMap<>(values);
        said.put(word, true);
        accepts(settings(Optional.empty(), said));
    }

    @ParameterizedTest
    @ValueSource(strings = {"10.0.0.1", "0.0.0.0", "no-such-host.invalid"})
    void managementOnANetwork(String host) {
        String expected =
                "akt.management.host (a test) is \""
                        + host
                        + "\", expected a loopback address such as 127.0.0.1; management is plain"
                        + " HTTP: set akt.management.insecure if everybody on that network may read"
                        + " it";

        needs("management.insecure", Map.of("management.host", host), expected);
        needs("node.insecure", Map.of("management.host", host), expected);
        accepts(
                settings(
                        Optional.empty(),
                        Map.of("management.host", host, "management.enabled", false)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aeron:udp?endpoint=10.0.0.1:4000",
                "aeron:udp?endpoint=127.0.0.1:0|interface=10.0.0.0/24",
                "aeron:udp?control=224.0.1.1:4000|control-mode=dynamic"
            })
    void tensorsOfOneProcessOnANetwork(String channel) {
        needs(
                "node.insecure",
                Map.of("transport.channel", channel),
                "akt.transport.channel (a test) is \""
                        + channel
                        + "\", expected aeron:ipc or a loopback address, for what roles of one"
                        + " process send each other is not encrypted (between machines"
                        + " akt.node.host and akt.transport.port are used); else set"
                        + " akt.node.insecure if everybody on that network is trusted");
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "aeron:ipc",
                "aeron:udp?endpoint=127.0.0.1:0",
                "aeron:udp?endpoint=[::1]:4000",
                "aeron:udp?endpoint=localhost:4000|interface=127.0.0.1/8"
            })
    void tensorsOnLoopbackNeedNoWord(String channel) {
        accepts(settings(Optional.empty(), Map.of("transport.channel", channel)));
    }

    @ParameterizedTest
    @ValueSource(
            strings = {"akka.remote.artery.bind.hostname", "akka.management.http.bind-hostname"})
    void addressesGivenToAkkaItself(String key) throws IOException {
        Path file = Files.writeString(directory.resolve("a.conf"), key + " = 0.0.0.0");

        String refusal = refusal(settings(Optional.of(file), Map.of()));

        assertTrue(
                refusal.startsWith(
                        key
                                + " is \"0.0.0.0\", expected a loopback address or none, which is akt."),
                refusal);
        accepts(settings(Optional.of(file), Map.of("node.insecure", true)));
        Files.writeString(file, key + " = 127.0.0.1");
        accepts(settings(Optional.of(file), Map.of()));
    }
}
