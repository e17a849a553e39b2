package io.aktnode.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.ServerSocket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpRequest;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Nodes as processes of their own, in one cluster on loopback. */
@Timeout(600)
class NodeTest {

    @TempDir private Path directory;
    private final HttpClient http =
            HttpClient.newBuilder().connectTimeout(Duration.ofSeconds(5)).build();

    private static int freePort() throws IOException {
        try (ServerSocket socket = new ServerSocket(0)) {
            return socket.getLocalPort();
        }
    }

    private AktNodeProcess node(String role, int port, int management, String more)
            throws IOException {
        Path file = directory.resolve(role + ".conf");
        Files.writeString(
                file,
                "akt { node.port = "
                        + port
                        + ", management.port = "
                        + management
                        + "\n"
                        + more
                        + "\n}");
        return AktNodeProcess.launch(directory, "--role=" + role, "--config", file.toString());
    }

    private HttpResponse<String> request(String method, int port, String path)
            throws IOException, InterruptedException {
        return http.send(
                HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + port + path))
                        .timeout(Duration.ofSeconds(20))
                        .method(method, HttpRequest.BodyPublishers.noBody())
                        .build(),
                HttpResponse.BodyHandlers.ofString());
    }

    private boolean answers(int port, String path, String content) {
        try {
            HttpResponse<String> response = request("GET", port, path);
            return response.statusCode() == 200 && response.body().contains(content);
        } catch (IOException e) {
            return false;
        } catch (InterruptedException e) {
            throw new IllegalStateException(e);
        }
    }

    @Test
    void singleRolesJoinAnswerManagementAndWaitUntilTheyAreStopped() throws Exception {
        int seed = freePort();
        int first = freePort();
        int second = freePort();
        try (AktNodeProcess supervisor =
                        node("supervisor", seed, first, "out = job, teacher.file = embedded");
                AktNodeProcess student =
                        node(
                                "student",
                                freePort(),
                                second,
                                "teacher.file = embedded, node.seeds = [\"127.0.0.1:"
                                        + seed
                                        + "\"]")) {
            student.await("readiness", () -> answers(second, "/ready", ""));
            supervisor.await(
                    "second member", () -> answers(first, "/cluster/members", "\"student\""));

            assertTrue(answers(first, "/alive", ""));
            assertTrue(answers(second, "/cluster/members", "\"supervisor\""));
            assertEquals(405, request("PUT", first, "/cluster/members/x").statusCode());
            supervisor.await(
                    "what it waits for",
                    () ->
                            supervisor
                                    .output()
                                    .contains("waiting for processes for generator, teacher"));

            student.signal("TERM");
            student.await("end", () -> !student.alive());
            supervisor.await("departure", () -> !answers(first, "/cluster/members", "\"student\""));
            assertTrue(supervisor.alive());
        }
    }

    @Test
    void roleAllRunsItsJobAndEnds() throws Exception {
        int management = freePort();
        String job =
                """
                out = job
                teacher.file = embedded
                evaluation.path = drawn
                train-teacher.drawn-test-images = 200
                schedule { epochs = 2, steps-per-epoch = 30, calibration-epochs = 1 }
                """;
        try (AktNodeProcess node = node("all", freePort(), management, job)) {
            node.await("liveness", () -> answers(management, "/alive", ""));
            node.await("readiness", () -> answers(management, "/ready", ""));
            node.await(
                    "member", () -> answers(management, "/cluster/members", "\"status\":\"Up\""));
            node.ends(0);

            assertTrue(Files.exists(directory.resolve("job/result.json")), node.output());
        }
    }

    @Test
    void aStoppedJobTakesALastCheckpointBeforeItsNodeLeavesAndGoesOnFromThere() throws Exception {
        int management = freePort();
        String job =
                """
                out = job
                teacher.file = embedded
                schedule { epochs = 2, steps-per-epoch = 100000, calibration-epochs = 1 }
                """;
        try (AktNodeProcess node = node("all", freePort(), management, job)) {
            node.await(
                    "first checkpoint",
                    () -> Files.exists(directory.resolve("job/checkpoints/step-00000000")));
            node.await("metrics", () -> Files.exists(directory.resolve("job/metrics.csv")));
            node.signal("TERM");
            node.await("end", () -> !node.alive());

            assertTrue(Files.exists(directory.resolve("job/result.json")), node.output());
            try (var checkpoints = Files.list(directory.resolve("job/checkpoints"))) {
                assertTrue(checkpoints.count() > 1, node.output());
            }
            assertTrue(node.output().contains("the same command goes on from here"), node.output());
        }
        long before = metrics();
        try (AktNodeProcess again = node("all", freePort(), management, job)) {
            again.await("further steps", () -> metrics() > before);
        }
    }

    private long metrics() {
        try {
            return Files.size(directory.resolve("job/metrics.csv"));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    @Test
    void aTakenPortIsOneSentenceAndExitCode1() throws Exception {
        try (ServerSocket taken = new ServerSocket(0)) {
            AktNodeProcess node = node("generator", freePort(), taken.getLocalPort(), "").ends(1);

            assertTrue(
                    node.errorOutput().startsWith("akt-node: management cannot"),
                    node.errorOutput());
            assertEquals(1, node.errorOutput().lines().count());
        }
    }
}
