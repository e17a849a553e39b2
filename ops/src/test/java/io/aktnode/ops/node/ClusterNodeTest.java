package io.aktnode.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import akka.actor.typed.javadsl.Adapter;
import akka.cluster.Cluster;
import com.typesafe.config.Config;
import io.aktnode.actors.run.RunFailedException;
import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.SettingsException;
import java.io.IOException;
import java.net.InetAddress;
import java.net.NetworkInterface;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
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

    private static int freePort(InetAddress address) throws IOException {
        try (ServerSocket socket = new ServerSocket(0, 1, address)) {
            return socket.getLocalPort();
        }
    }

    private static ClusterNode start(Map<String, Object> values) {
        Map<String, Settings.Flag> flags = new HashMap<>();
        values.forEach((key, value) -> flags.put(key, new Settings.Flag("a test", value)));
        Settings settings = settings(flags);
        return ClusterNode.start(
                NodeSettings.read(settings.akt()), List.of(), settings.everything());
    }

    private static InetAddress ipv6Loopback() throws IOException {
        InetAddress loopback = InetAddress.getByName("::1");
        assumeTrue(NetworkInterface.getByInetAddress(loopback) != null, "no IPv6 here");
        return loopback;
    }

    private static void awaitBothThenLeave(ClusterNode first, ClusterNode second) {
        try {
            Cluster cluster = Cluster.get(Adapter.toClassic(second.system()));
            while (cluster.state().members().size() < 2) {
                assertFalse(Thread.interrupted(), "waited in vain");
                LockSupport.parkNanos(TimeUnit.MILLISECONDS.toNanos(10));
            }
        } finally {
            second.leave();
            second.awaitEnd();
            first.leave();
            first.awaitEnd();
        }
    }

    @Test
    void nodesJoinASeedByItsAddressOfIpv6() throws IOException {
        ipv6Loopback();
        Map<String, Object> alone =
                Map.of("node.host", "::1", "node.port", 0, "management.enabled", false);
        ClusterNode first = start(alone);
        Map<String, Object> joining = new HashMap<>(alone);
        joining.put("node.seeds", List.of(first.address()));

        ClusterNode second = start(joining);

        awaitBothThenLeave(first, second);
    }

    @Test
    void nodesFindEachOtherByAddressesOfIpv6() throws IOException {
        InetAddress loopback = ipv6Loopback();
        List<Integer> ports = List.of(freePort(loopback), freePort(loopback));
        List<ClusterNode> nodes = new ArrayList<>();
        for (int port : ports) {
            nodes.add(
                    start(
                            Map.of(
                                    "node.host",
                                    "::1",
                                    "node.port",
                                    0,
                                    "management.host",
                                    "::1",
                                    "management.port",
                                    port,
                                    "node.discovery.method",
                                    "config",
                                    "node.discovery.endpoints",
                                    ports.stream().map(any -> "[::1]:" + any).toList())));
        }

        awaitBothThenLeave(nodes.get(0), nodes.get(1));
    }
}
