package io.aktnode.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.ops.certificate.CertificateSet;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKey;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.frame.TensorSpec;
import io.aktnode.protocol.tensor.DataPlane;
import io.aktnode.protocol.tensor.DataPlaneConfig;
import io.aktnode.protocol.tensor.OutboundTensor;
import java.io.IOException;
import java.net.DatagramSocket;
import java.net.ServerSocket;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Processes that prove to each other by certificates that they belong together. */
@Timeout(600)
class TlsTest {

    private static final String HOST = "127.0.0.1";

    /** As of another machine, for frames to go over the network. */
    private static final String OTHER_HOST = "127.0.0.2";

    /** Epochs of a run that the test ends itself. */
    private static final int ENDLESS = 20_000;

    @TempDir private Path directory;
    private final List<AktNodeProcess> processes = new ArrayList<>();

    @AfterEach
    void endAll() {
        processes.forEach(AktNodeProcess::close);
    }

    private CertificateSet certificates(String name) {
        CertificateSet set = new CertificateSet(directory.resolve(name), List.of(HOST, OTHER_HOST));
        set.write(new SecureRandom(), Clock.systemUTC());
        return set;
    }

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private AktNodeProcess start(String roles, int port, int seed, CertificateSet set)
            throws IOException {
        return start(roles, HOST, port, seed, set, 0, 2);
    }

    private AktNodeProcess start(
            String roles,
            String host,
            int port,
            int seed,
            CertificateSet set,
            int transportPort,
            int epochs)
            throws IOException {
        Path file = Files.createTempFile(directory, "node", ".conf");
        Files.writeString(
                file,
                """
                akt {
                  node { host = "%s", port = %d, seeds = ["%s:%d"], tls { certificate = "%s", key = "%s", ca = "%s" } }
                  transport.port = %d
                  %s
                  teacher.file = embedded
                  batch = 4
                  schedule { epochs = %d, steps-per-epoch = 6, calibration-epochs = 1 }
                  report.plots = false
                  management.enabled = false
                }
                """
                        .formatted(
                                host,
                                port,
                                HOST,
                                seed,
                                set.certificate(host),
                                set.key(host),
                                set.ca(),
                                transportPort,
                                roles.contains("supervisor") ? "out = job" : "",
                                epochs));
        AktNodeProcess process =
                AktNodeProcess.launchBriefly(
                        directory, "--role=" + roles, "--config", file.toString());
        processes.add(process);
        return process;
    }

    @Test
    void aProcessWithAnotherCasCertificateIsRefusedOnBothSidesAndTheOthersGetTheJobDone()
            throws Exception {
        int seed = freePort();
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

    private boolean finished(int step) {
        try {
            return Files.readString(directory.resolve("job/metrics.csv"))
                    .contains("\n" + step + ",");
        } catch (IOException e) {
            return false;
        }
    }

    /** With TLS no endpoint takes plain frames: where the run goes on they were sealed. */
    @Test
    void framesThatArePlainOrUnderAnotherKeyAreRefusedAndTheRunGoesOn() throws Exception {
        int seed = freePort();
        int transport;
        try (DatagramSocket socket = new DatagramSocket(0)) {
            transport = socket.getLocalPort();
        }
        CertificateSet set = certificates("ours");
        AktNodeProcess supervisor =
                start("supervisor,generator,teacher", HOST, seed, seed, set, transport, ENDLESS);
        AktNodeProcess student = start("student", OTHER_HOST, 0, seed, set, 0, ENDLESS);
        supervisor.await(
                "first checkpoint",
                () -> Files.exists(directory.resolve("job/checkpoints/step-00000000")));

        try (DataPlane stranger =
                DataPlane.start(DataPlaneConfig.defaults().withDirectory(directory), fault -> {})) {
            send(stranger, transport, Optional.empty());
            supervisor.await("refusal", () -> supervisor.output().contains("(UNENCRYPTED)"));
            send(stranger, transport, Optional.of(FrameKey.draw(new SecureRandom())));
            supervisor.await("refusal", () -> supervisor.output().contains("(WRONG_KEY)"));
        }

        int trained = 12;
        supervisor.await("trained steps", () -> finished(trained));
        supervisor.signal("TERM");
        supervisor.await("end", () -> !supervisor.alive());
        assertEquals(143, supervisor.exitCode(), supervisor.output());
        String how = "frames to and from other machines are encrypted";
        assertTrue(supervisor.output().contains("bears teacher-0; " + how), supervisor.output());
        assertTrue(student.output().contains("bears student-0; " + how), student.output());
        assertFalse(
                Files.readString(directory.resolve("job/journal.jsonl")).contains("intervention"),
                supervisor.output());
    }

    private static void send(DataPlane from, int port, Optional<FrameKey> key) {
        TensorSpec spec = TensorSpec.float32(16, 10);
        from.publisher("aeron:udp?endpoint=" + HOST + ":" + port, RoleId.TEACHER.streamId(), key)
                .send(
                        FrameHeader.of(1, 0, 0, RoleId.GENERATOR, FrameKind.LOGIT_GRADIENTS),
                        List.of(
                                new OutboundTensor(
                                        spec, ByteBuffer.allocateDirect(spec.byteLength()))));
    }
}
