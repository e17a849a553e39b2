package io.aktnode.ops.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aktnode.ops.bench.Cancellation;
import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.SettingsException;
import io.aktnode.ops.job.LocalRuns;
import io.aktnode.ops.report.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The whole experiment on the embedded teacher, a few steps of a few images. */
@Timeout(300)
class GradientExperimentTest {

    private static final int TRAINED = 4;

    @TempDir private Path directory;
    private final ByteArrayOutputStream out = new ByteArrayOutputStream();

    private boolean run(String more) throws Exception {
        Path file = directory.resolve("small.conf");
        Files.writeString(
                file,
                """
                akt {
                  batch = 4
                  schedule { epochs = 3, steps-per-epoch = 2, calibration-epochs = 1 }
                  experiment { bits = [2], seeds = [1], warm-up-epochs = 0 }
                  evaluation.path = ""
                  out = "%s"
                  %s
                }
                """
                        .formatted(directory.resolve("x"), more));
        Settings settings = Settings.load(Optional.of("experiment"), Optional.of(file), Map.of());
        return new GradientExperiment(
                        new LocalRuns(settings, Optional.empty()),
                        new Terminal(new PrintStream(out, true, StandardCharsets.UTF_8), false, 80),
                        new Cancellation())
                .run(settings);
    }

    private List<String> lines(String file) throws IOException {
        return Files.readAllLines(directory.resolve("x").resolve(file));
    }

    @Test
    void trainsWithAndWithoutAktAndSaysWhatCameOut() throws Exception {
        assertTrue(run(""));

        List<String> steps = lines("gradients.csv");
        assertEquals(1 + 2 * TRAINED, steps.size());
        assertTrue(steps.get(1).startsWith("2,false,1,2,"), steps.get(1));
        assertTrue(steps.get(1 + TRAINED).startsWith("2,true,1,2,"), steps.get(1 + TRAINED));
        assertEquals(3, lines("figures.csv").size());
        JsonNode summary =
                new ObjectMapper().readTree(directory.resolve("x/summary.json").toFile());
        JsonNode norm = summary.at("/widths/0/figures/mean_norm");
        assertTrue(norm.get("with_akt").doubleValue() > 0, summary.toString());
        assertTrue(
                norm.get("with_akt").doubleValue() != norm.get("without_akt").doubleValue(),
                summary.toString());
        assertTrue(lines("gradients.md").get(2).startsWith("- **At 2 bits: "));
        assertTrue(Files.size(directory.resolve("x/gradients.png")) > 0);
        JsonNode result =
                new ObjectMapper()
                        .readTree(directory.resolve("x/runs/2bit-akt-seed1/result.json").toFile());
        assertTrue(result.at("/config/supervisor/dry-run").booleanValue());

        SettingsException again = assertThrows(SettingsException.class, () -> run(""));
        assertTrue(again.getMessage().contains("holds an earlier experiment"));
        assertTrue(run("resume = true\nexperiment.seeds = [1, 2]"));
        assertEquals(1 + 4 * TRAINED, lines("gradients.csv").size());
        assertTrue(out.toString(StandardCharsets.UTF_8).contains("finished earlier"));
        SettingsException other =
                assertThrows(SettingsException.class, () -> run("resume = true\nbatch = 5"));
        assertTrue(other.getMessage().contains("was made with batch = 4, now it is 5"));
    }

    @Test
    void refusesWidthsAndSeedsThatMakeNoExperiment() {
        for (String wrong :
                List.of(
                        "experiment.bits = []",
                        "experiment.bits = [2, 9]",
                        "experiment.bits = [3, 3]",
                        "experiment.seeds = [1, 1]")) {
            SettingsException refused = assertThrows(SettingsException.class, () -> run(wrong));
            assertTrue(refused.getMessage().contains("expected"), refused.getMessage());
        }
    }
}
