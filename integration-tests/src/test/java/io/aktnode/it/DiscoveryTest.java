package io.aktnode.it;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes at addresses of their own on loopback that are told no seed, and yet find each other:
 * by what a name server says, by what Kubernetes says, and by endpoints that do not name them all.
 */
@Timeout(300)
class DiscoveryTest {

    private static final List<String> HOSTS = List.of("127.0.0.2", "127.0.0.3");

    @TempDir private Path directory;
    private final List<AktNodeProcess> processes = new ArrayList<>();
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();
    private int management;

    @BeforeEach
    void choosePort() throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(HOSTS.get(0), 0));
            management = socket.getLocalPort();
        }
    }

    @AfterEach
    void endAll() {
        processes.forEach(AktNodeProcess::close);
    }

    private void start(String host, Map<String, String> environment, String how)
            throws IOException {
        Path file = Files.createTempFile(directory, "node", ".conf");
        Files.writeString(
                file,
                "akt { node.port = 0, node.host = \"%s\", management { host = \"%s\", port = %d } }\n%s"
                        .formatted(host, host, management, how));
        Map<String, String> all = new HashMap<>(AktNodeProcess.SHORT_LIVED);
        all.putAll(environment);
        processes.add(
                AktNodeProcess.start(
                        directory,
                        all,
                        AktNodeHome.LAUNCHER.toString(),
                        "--role=generator",
                        "--config",
                        file.toString()));
    }

    private boolean seesAllUp(String host, int nodes) {
        try {
            String members =
                    http.send(
                                    HttpRequest.newBuilder(
                                                    URI.create(
                                                            "http://%s:%d/cluster/members"
                                                                    .formatted(host, management)))
                                            .timeout(Duration.ofSeconds(20))
                                            .build(),
                                    HttpResponse.BodyHandlers.ofString())
                            .body();
            return members.split("\"status\":\"Up\"", -1).length == nodes + 1;
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    private void assertOneCluster(List<String> hosts) {
        for (int i = 0; i < hosts.size(); i++) {
            String host = hosts.get(i);
            processes.get(i).await("cluster at " + host, () -> seesAllUp(host, hosts.size()));
        }
    }

    @Test
    void aNodeThatIsNoEndpointJoinsThoseThatAre() throws Exception {
        String how =
                "akt.node.discovery { method = config, endpoints = [\"127.0.0.2:%d\"] }"
                        .formatted(management);

        start("127.0.0.3", Map.of(), how);
        start("127.0.0.2", Map.of(), how);

        assertOneCluster(List.of("127.0.0.3", "127.0.0.2"));
    }

    @Test
    void theAddressesOfADnsNameAreEnough() throws Exception {
        try (NameServer names = new NameServer(HOSTS)) {
            String how =
                    "akt.node.discovery { method = akka-dns, service = akt.test, contact-points = 2"
                            + " }\nakka.io.dns.async-dns.nameservers = [\""
                            + names.address()
                            + "\"]";

            start(HOSTS.get(0), Map.of(), how);
            start(HOSTS.get(1), Map.of(), how);

            assertOneCluster(HOSTS);
        }
    }

    @Test
    void podsThatRunAreEnoughAndThoseThatHaveEndedAreNotWaitedFor() throws Exception {
        try (PodServer pods = new PodServer(directory, HOSTS, "127.0.0.4")) {
            String how =
                    "akt.node.discovery { method = kubernetes-api, contact-points = 2 }\n"
                            + pods.akkaSettings();

            start(HOSTS.get(0), pods.environment(), how);
            start(HOSTS.get(1), pods.environment(), how);

            assertOneCluster(HOSTS);
        }
    }
}
