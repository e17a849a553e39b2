package io.aktnode.it;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.ops.certificate.CertificateSet;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that prove to each other by certificates that they belong together. */
@Timeout(600)
class TlsTest {

    private static final String HOST = "127.0.0.1";

    @TempDir private Path directory;
    private final List<AktNodeProcess> processes = new ArrayList<>();

    @AfterEach
    void endAll() {
        processes.forEach(AktNodeProcess::close);
    }

    private CertificateSet certificates(String name) {
        CertificateSet set = new CertificateSet(directory.resolve(name), List.of(HOST));
        set.write(new SecureRandom(), Clock.systemUTC());
        return set;
    }

    private AktNodeProcess start(String roles, int port, int seed, CertificateSet set)
            throws IOException {
        Path file = Files.createTempFile(directory, "node", ".conf");
        Files.writeString(
                file,
                """
                akt {
                  node { port = %d, seeds = ["%s:%d"], tls { certificate = "%s", key = "%s", ca = "%s" } }
                  %s
                  teacher.file = embedded
                  schedule { epochs = 2, steps-per-epoch = 2, calibration-epochs = 1 }
                  report.plots = false
                  management.enabled = false
                }
                """
                        .formatted(
                                port,
                                HOST,
                                seed,
                                set.certificate(HOST),
                                set.key(HOST),
                                set.ca(),
                                roles.contains("supervisor") ? "out = job" : ""));
        AktNodeProcess process =
                AktNodeProcess.launch(directory, "--role=" + roles, "--config", file.toString());
        processes.add(process);
        return process;
    }

    @Test
    void aProcessWithAnotherCasCertificateIsRefusedOnBothSidesAndTheOthersGetTheJobDone()
            throws Exception {
        int seed;
        try (ServerSocket socket = new ServerSocket(0)) {
            seed = socket.getLocalPort();
        }
        CertificateSet ours = certificates("ours");
        AktNodeProcess supervisor = start("supervisor,generator,teacher", seed, seed, ours);
        AktNodeProcess stranger = start("student", 0, seed, certificates("theirs"));

        stranger.await(
                "refusal by the stranger",
                () -> stranger.output().contains("no TLS connection to a node on " + HOST));
        supervisor.await(
                "refusal by the supervisor",
                () -> supervisor.output().contains("no TLS connection with a node that called"));
        AktNodeProcess student = start("student", 0, seed, ours);

        supervisor.ends(0);
        student.ends(0);
        assertTrue(Files.exists(directory.resolve("job/result.json")), supervisor.output());
        assertFalse(stranger.output().contains("bears"), stranger.output());
    }
}
