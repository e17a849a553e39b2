package io.aktnode.actors.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.actors.run.Evaluation;
import io.aktnode.actors.run.Intervention;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.Safetensors;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.MethodConfig;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.Schedule;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.protocol.control.GateState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class CheckpointStoreTest {

    private static final Map<String, String> SETTINGS =
            Settings.flatten(
                    "training",
                    TrainingConfig.of(
                            MethodConfig.of(BaseMethod.ADADFQ, true),
                            QuantizationConfig.of(3),
                            Schedule.of(6, 10)));

    @TempDir Path directory;
    private CheckpointStore store;

    @BeforeEach
    void create() {
        store = new CheckpointStore(directory.resolve("checkpoints"), 2);
    }

    private Checkpoint save(long step, boolean healthy) {
        Path into = store.begin(step);
        String hash =
                Safetensors.writeInPlace(
                        into.resolve("student-0.safetensors"),
                        new StateDict().put("w", FloatArray.vector(step, 1)));
        return store.commit(
                new Manifest(
                        Manifest.FORMAT,
                        step,
                        1,
                        2,
                        healthy,
                        SETTINGS,
                        Map.of("student-0.safetensors", hash),
                        Map.of("student-0", new GateState(List.of(0.1, 1.0 / 3), 1, 0.5)),
                        List.of(new Evaluation(0, 4, step, 54.98)),
                        List.of(new Intervention(3, "student", "skip", "why")),
                        Map.of()));
    }

    private List<String> names() throws IOException {
        try (Stream<Path> entries = Files.list(directory.resolve("checkpoints"))) {
            return entries.map(entry -> entry.getFileName().toString()).sorted().toList();
        }
    }

    private static void damage(Checkpoint checkpoint) throws IOException {
        Path file = checkpoint.file("student-0.safetensors");
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length - 1] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void givesBackWhatWasSaved() {
        Checkpoint saved = save(400, true);

        Optional<Checkpoint> found = store.newest(SETTINGS);

        assertEquals(Optional.of(saved), found);
        assertEquals("step-00000400", saved.directory().getFileName().toString());
    }

    @Test
    void findsNoneInANewDirectory() {
        assertTrue(store.isEmpty());
        assertEquals(Optional.empty(), store.newest(SETTINGS));
        assertEquals(Optional.empty(), store.lastHealthy());
    }

    @Test
    void keepsTheLastOnesAndTheLastHealthyOne() throws IOException {
        save(0, true);
        save(100, true);
        save(200, false);
        save(300, false);
        save(400, false);

        assertEquals(List.of("step-00000100", "step-00000300", "step-00000400"), names());
        assertEquals(100, store.lastHealthy().orElseThrow().step());
    }

    @Test
    void ignoresACheckpointThatWasNeverCompleted() throws IOException {
        save(100, true);
        Path into = store.begin(200);
        Files.writeString(into.resolve("student-0.safetensors"), "cut off");

        assertEquals(100, store.newest(SETTINGS).orElseThrow().step());
        save(300, true);
        assertEquals(List.of("step-00000100", "step-00000300"), names());
    }

    @Test
    void fallsBackToTheOneBeforeADamagedOne() throws IOException {
        save(100, true);
        damage(save(200, true));

        assertEquals(100, store.newest(SETTINGS).orElseThrow().step());
    }

    @Test
    void neverTakesDamagedCheckpointsForNone() throws IOException {
        damage(save(100, true));
        Checkpoint second = save(200, true);
        Files.writeString(second.file("manifest.json"), "{");

        CheckpointException refused =
                assertThrows(CheckpointException.class, () -> store.newest(SETTINGS));

        assertTrue(
                refused.getMessage().startsWith("no usable checkpoint among the 2 in"),
                refused.getMessage());
        assertTrue(refused.getMessage().contains("step-00000200 is damaged"));
        assertFalse(store.isEmpty());
    }

    @Test
    void namesTheSettingThatDiffers() {
        save(100, true);
        Map<String, String> other =
                Settings.flatten(
                        "training",
                        TrainingConfig.of(
                                MethodConfig.of(BaseMethod.ADADFQ, true),
                                QuantizationConfig.of(4),
                                Schedule.of(6, 10)));

        CheckpointException refused =
                assertThrows(CheckpointException.class, () -> store.newest(other));

        assertTrue(
                refused.getMessage()
                        .contains(
                                "it was made with training.quantization.activationBits=3, now it"
                                        + " is 4"),
                refused.getMessage());
    }

    @Test
    void replacesAStepThatIsReachedAgain() {
        save(100, false);
        save(200, false);
        store.removeAfter(100);
        save(200, true);

        assertTrue(store.newest(SETTINGS).orElseThrow().manifest().healthy());
    }
}
