package io.aktnode.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import io.aktnode.actors.run.RunFailedException;
import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.SettingsException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class ClusterNodeTest {

    private static Settings settings(Map<String, Settings.Flag> flags) {
        return Settings.load(Optional.empty(), Optional.empty(), flags);
    }

    @Test
    void overridesAkkasUnsafeDefaults() {
        Settings settings = settings(Map.of());

        Config akka =
                ClusterNode.config(NodeSettings.read(settings.akt()), settings.everything())
                        .getConfig("akka");

        assertEquals(
                SupervisorsDowning.class.getName(),
                akka.getString("cluster.downing-provider-class"));
        assertEquals("tcp", akka.getString("remote.artery.transport"));
        assertEquals("127.0.0.1", akka.getString("remote.artery.canonical.hostname"));
        assertEquals("127.0.0.1", akka.getString("management.http.hostname"));
        assertTrue(akka.getBoolean("management.http.route-providers-read-only"));
        assertFalse(akka.getBoolean("coordinated-shutdown.exit-jvm"));
        assertEquals(
                10,
                akka.getDuration("cluster.failure-detector.acceptable-heartbeat-pause")
                        .toSeconds());
        assertEquals(
                20,
                akka.getDuration("cluster.split-brain-resolver.down-all-when-unstable")
                        .toSeconds());
        assertEquals(
                "akt-cbor",
                akka.getConfig("actor.serialization-bindings")
                        .root()
                        .get("io.aktnode.protocol.control.CborSerializable")
                        .unwrapped());
        assertEquals(List.of("all"), akka.getStringList("cluster.roles"));
    }

    @Test
    void takesSeveralRolesAndRefusesUnknownOnes() {
        Settings two =
                settings(Map.of("node.role", new Settings.Flag("--role", "teacher, Generator")));
        Settings wrong = settings(Map.of("node.role", new Settings.Flag("--role", "teacher,all")));

        String message =
                assertThrows(SettingsException.class, () -> NodeSettings.read(wrong.akt()))
                        .getMessage();

        assertEquals(List.of("teacher", "generator"), NodeSettings.read(two.akt()).roles());
        assertEquals(
                "--role is \"teacher,all\", expected all, or some of generator, teacher, student,"
                        + " supervisor with commas",
                message);
    }

    @Test
    void refusesSeedsThatAreNoAddresses() {
        Settings settings =
                settings(
                        Map.of("node.seeds", new Settings.Flag("node.seeds", List.of("10.0.0.5"))));

        String message =
                assertThrows(SettingsException.class, () -> NodeSettings.read(settings.akt()))
                        .getMessage();

        assertTrue(message.contains("expected a list of host:port"), message);
    }

    @Test
    void saysInOneSentenceThatAPortIsTaken() throws IOException {
        try (ServerSocket taken = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
            Settings settings =
                    settings(
                            Map.of(
                                    "node.port",
                                    new Settings.Flag("node.port", taken.getLocalPort())));

            String message =
                    assertThrows(
                                    RunFailedException.class,
                                    () ->
                                            ClusterNode.start(
                                                    NodeSettings.read(settings.akt()),
                                                    List.of(),
                                                    settings.everything()))
                            .getMessage();

            assertTrue(
                    message.startsWith(
                            "the node cannot listen on 127.0.0.1:" + taken.getLocalPort()),
                    message);
            assertTrue(message.contains("akt.node.port"), message);
        }
    }
}
