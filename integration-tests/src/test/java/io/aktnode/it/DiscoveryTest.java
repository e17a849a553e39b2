package io.aktnode.it;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/**
 * Processes at addresses of their own on loopback that are told no seed, and yet find each other.
 */
@Timeout(600)
class DiscoveryTest {

    private static final String JOB =
            """
            teacher.file = embedded
            schedule { epochs = 2, steps-per-epoch = 2, calibration-epochs = 1 }
            report.plots = false
            """;

    @TempDir private Path directory;
    private final List<AktNodeProcess> processes = new ArrayList<>();

    @AfterEach
    void endAll() {
        processes.forEach(AktNodeProcess::close);
    }

    private static int freePort(String host) throws IOException {
        try (ServerSocket socket = new ServerSocket()) {
            socket.bind(new InetSocketAddress(host, 0));
            return socket.getLocalPort();
        }
    }

    private void start(String roles, String host, int management, String how) throws IOException {
        Path file = Files.createTempFile(directory, "node", ".conf");
        Files.writeString(
                file,
                how
                        + "\nakt { node { host = \""
                        + host
                        + "\", port = 0 }\nmanagement { host = \""
                        + host
                        + "\", port = "
                        + management
                        + " }\n"
                        + (roles.contains("supervisor") ? "out = job\n" : "")
                        + JOB
                        + "\n}");
        processes.add(
                AktNodeProcess.launch(directory, "--role=" + roles, "--config", file.toString()));
    }

    private void assertAllEndWithTheJobDone() throws Exception {
        for (AktNodeProcess process : processes) {
            process.ends(0);
        }
        assertTrue(Files.exists(directory.resolve("job/result.json")));
    }

    @Test
    void endpointsInTheSettingsAreEnoughInAnyOrderAndForAProcessThatIsNotAmongThem()
            throws Exception {
        int first = freePort("127.0.0.1");
        int second = freePort("127.0.0.1");
        String how =
                "akt.node.discovery { method = config, endpoints = [\"127.0.0.1:"
                        + first
                        + "\", \"127.0.0.1:"
                        + second
                        + "\"] }";

        start("student", "127.0.0.3", freePort("127.0.0.3"), how);
        start("generator,teacher", "127.0.0.1", second, how);
        start("supervisor", "127.0.0.1", first, how);

        assertAllEndWithTheJobDone();
    }

    @Test
    void theAddressesOfADnsNameAreEnough() throws Exception {
        int management = freePort("127.0.0.3");
        try (NameServer names = new NameServer(List.of("127.0.0.2", "127.0.0.3"))) {
            String how =
                    "akt.node.discovery { method = akka-dns, service = akt.test, contact-points = 2"
                            + " }\nakka.io.dns.async-dns.nameservers = [\""
                            + names.address()
                            + "\"]";

            start("generator,student", "127.0.0.3", management, how);
            start("supervisor,teacher", "127.0.0.2", management, how);

            assertAllEndWithTheJobDone();
        }
    }
}
