package io.aktnode.it;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Locale;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Whole runs in processes of their own: the embedded teacher, few steps, few images. */
@Timeout(600)
class RunTest {

    private static final int STEPS = 24;

    /** Holds {@code whole}, a run nobody disturbs. */
    @TempDir private static Path shared;

    private static AktNodeProcess whole;

    @TempDir private Path directory;

    @BeforeAll
    static void runUndisturbed() throws Exception {
        whole = quickstart(shared, "whole").ends(0);
    }

    private static Path settings(Path directory) throws IOException {
        Path file = directory.resolve("small.conf");
        Files.writeString(
                file,
                """
                akt {
                  schedule { epochs = 3, steps-per-epoch = 8, calibration-epochs = 1 }
                  checkpoint.every-steps = 3
                  train-teacher.drawn-test-images = 200
                }
                """);
        return file;
    }

    private AktNodeProcess quickstart(String out, String... more) throws IOException {
        return quickstart(directory, out, more);
    }

    private static AktNodeProcess quickstart(Path directory, String out, String... more)
            throws IOException {
        String[] arguments = new String[5 + more.length];
        arguments[0] = "quickstart";
        arguments[1] = "--config";
        arguments[2] = settings(directory).toString();
        arguments[3] = "--out";
        arguments[4] = out;
        System.arraycopy(more, 0, arguments, 5, more.length);
        return AktNodeProcess.launch(directory, arguments);
    }

    private boolean checkpointed(String out, int step) {
        return Files.exists(
                directory.resolve(
                        String.format(Locale.ROOT, "%s/checkpoints/step-%08d", out, step)));
    }

    private static JsonNode result(Path out) throws IOException {
        return new ObjectMapper().readTree(out.resolve("result.json").toFile());
    }

    @Test
    void quickstartLeavesResultsThatEvaluateConfirms() throws Exception {
        Path out = shared.resolve("whole");

        JsonNode result = result(out);
        assertTrue(result.at("/teacher/top1").doubleValue() > 80, result.toString());
        assertTrue(
                result.at("/teacher/top1").doubleValue() - result.at("/naive/top1").doubleValue()
                        > 30,
                result.toString());
        assertEquals(STEPS, result.at("/steps").intValue());
        assertEquals(3, result.at("/bits/weights").intValue());
        assertTrue(result.at("/interventions").isArray());
        assertEquals(8, result.at("/config/schedule/steps-per-epoch").intValue());
        for (String file :
                List.of(
                        "metrics.csv",
                        "accuracy.csv",
                        "losses.png",
                        "gradient_norms.png",
                        "accuracy.png",
                        "synthetic_images.png",
                        "student.safetensors")) {
            assertTrue(Files.size(out.resolve(file)) > 0, file);
        }
        assertEquals(STEPS + 1, Files.readAllLines(out.resolve("metrics.csv")).size());
        assertTrue(whole.output().contains("AKT student, 3-bit"), whole.output());
        assertFalse(whole.output().contains("\033"), "control characters in a pipe");

        AktNodeProcess evaluation =
                AktNodeProcess.launch(
                                directory,
                                "evaluate",
                                "--config",
                                settings(directory).toString(),
                                "--model",
                                out.resolve("student.safetensors").toString(),
                                "--eval",
                                "drawn")
                        .ends(0);
        String top1 =
                String.format(Locale.ROOT, "%.2f %%", result.at("/student/top1").doubleValue());
        assertTrue(evaluation.output().contains(top1 + " top-1"), evaluation.output());
    }

    @Test
    void aKilledRunThatIsResumedEndsWithTheSameStudent() throws Exception {
        try (AktNodeProcess killed = quickstart("killed")) {
            killed.await("checkpoint", () -> checkpointed("killed", 12));
            killed.signal("KILL");
            killed.await("end", () -> !killed.alive());
        }
        assertFalse(Files.exists(directory.resolve("killed/student.safetensors")));

        quickstart("killed", "--resume").ends(0);

        assertArrayEquals(
                Files.readAllBytes(shared.resolve("whole/student.safetensors")),
                Files.readAllBytes(directory.resolve("killed/student.safetensors")));
        assertEquals(STEPS, result(directory.resolve("killed")).at("/steps").intValue());
        assertEquals(STEPS + 1, Files.readAllLines(directory.resolve("killed/metrics.csv")).size());
    }

    @Test
    void ctrlCEndsWithALastCheckpointAndResumeGoesOnFromThere() throws Exception {
        try (AktNodeProcess process = quickstart("stopped", "--epochs", "200")) {
            process.await("checkpoint", () -> checkpointed("stopped", 12));
            process.signal("INT");
            process.await("end", () -> !process.alive());

            assertEquals(130, process.exitCode());
            assertTrue(process.output().contains("--resume"), process.output());
            JsonNode result = result(directory.resolve("stopped"));
            int steps = result.at("/steps").intValue();
            assertFalse(result.at("/completed").booleanValue());
            assertTrue(steps >= 12 && steps < 1600, result.toString());
            assertTrue(checkpointed("stopped", steps), "no checkpoint of step " + steps);
            assertEquals("", process.errorOutput());
        }
    }

    @Test
    void anEarlierRunIsNotOverwritten() throws Exception {
        byte[] student = Files.readAllBytes(shared.resolve("whole/student.safetensors"));

        AktNodeProcess again = quickstart(shared, "whole", "--epochs", "1").ends(2);

        assertEquals(
                "akt-node: whole holds an earlier run; give --resume to go on with it, or another"
                        + " --out",
                again.errorOutput().strip());
        assertArrayEquals(student, Files.readAllBytes(shared.resolve("whole/student.safetensors")));
    }

    @Test
    void anAsynchronousRunFinishesToo() throws Exception {
        quickstart("async", "--window", "3", "--no-akt", "--method", "gdfq").ends(0);

        JsonNode result = result(directory.resolve("async"));
        assertEquals("gdfq", result.at("/method").textValue());
        assertFalse(result.at("/akt").booleanValue());
        assertEquals(STEPS, result.at("/steps").intValue());
    }
}
