package io.aktnode.actors.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.actors.run.Evaluation;
import io.aktnode.actors.run.Guest;
import io.aktnode.actors.run.Intervention;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.ModelFileException;
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
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

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
        store = new CheckpointStore(directory.resolve("checkpoints"), 2, Duration.ofMinutes(30));
    }

    private Checkpoint save(long step, boolean healthy) {
        Path into = store.begin(step);
        String hash =
                Safetensors.writeInPlace(
                        into.resolve("student-0.safetensors"),
                        new StateDict().put("w", FloatArray.vector(step, 1)));
        return store.commit(manifest(step, healthy, hash));
    }

    private static Manifest manifest(long step, boolean healthy, String hash) {
        return new Manifest(
                Manifest.FORMAT,
                step,
                1,
                2,
                healthy,
                SETTINGS,
                Map.of("student-0.safetensors", hash),
                Map.of("student-0", new GateState(List.of(0.1, 1.0 / 3), 1, 0.5)),
                List.of(new Evaluation(0, 4, step, 54.98)),
                List.of(new Intervention(3, "student", "skip", "why", Map.of("loss", 0.3))),
                Map.of("student loss", List.of(2.5, 1.0 / 3)),
                Map.of(),
                List.of(new Guest(1, 4, 120)));
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
        assertEquals(Optional.empty(), store.sound(Long.MAX_VALUE));
    }

    @Test
    void keepsTheLastOnesAndTheLastHealthyOne() throws IOException {
        save(0, true);
        save(100, true);
        save(200, false);
        save(300, false);
        save(400, false);

        assertEquals(List.of("step-00000100", "step-00000300", "step-00000400"), names());
        assertEquals(100, store.sound(250).orElseThrow().step());
    }

    @Test
    void findsTheNewestFromBeforeAStateWasInDoubt() {
        save(100, true);
        save(200, false);
        save(300, false);

        assertEquals(300, store.sound(Long.MAX_VALUE).orElseThrow().step());
        assertEquals(200, store.sound(299).orElseThrow().step());
        assertEquals(100, store.sound(199).orElseThrow().step());
    }

    @Test
    void takesAHealthyOneWhereNoneIsKeptFromBeforeTheDoubt() {
        save(200, true);
        save(300, false);

        assertEquals(200, store.sound(150).orElseThrow().step());
    }

    /** So that the state in doubt can be taken, which is better than none. */
    @Test
    void saysThatNoneIsSoundWhereTheHealthyOneIsDamaged() throws IOException {
        damage(save(200, true));
        save(300, false);

        assertEquals(Optional.empty(), store.sound(250));
        assertEquals(300, store.newest().orElseThrow().step());
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

    private interface Damage {
        void to(Path checkpoint) throws IOException;
    }

    private static Damage flip(String file, int position) {
        return checkpoint -> {
            byte[] bytes = Files.readAllBytes(checkpoint.resolve(file));
            bytes[position < 0 ? bytes.length + position : position] ^= 1;
            Files.write(checkpoint.resolve(file), bytes);
        };
    }

    private static Damage write(String file, String content) {
        return checkpoint -> Files.writeString(checkpoint.resolve(file), content);
    }

    /** A manifest that says what it should not, with sums that fit. */
    private static Damage manifest(String part, String instead) {
        return checkpoint -> {
            Path file = checkpoint.resolve("manifest.json");
            String before = Files.readString(file);
            String after = before.replace(part, instead);
            assertNotEquals(before, after);
            String hash = Safetensors.sha256(file);
            Files.writeString(file, after);
            Path sums = checkpoint.resolve("SHA256SUMS");
            Files.writeString(
                    sums,
                    Files.readString(sums)
                            .replace(hash, Safetensors.sha256(file))
                            .replace(part, instead));
        };
    }

    static Stream<Arguments> damages() {
        String state = "student-0.safetensors";
        return Stream.of(
                Arguments.of("a bit of a weight", flip(state, -1)),
                Arguments.of("a bit of a state's header", flip(state, 20)),
                Arguments.of("a bit of a step in the manifest", flip("manifest.json", 40)),
                Arguments.of("the manifest's last byte", flip("manifest.json", -1)),
                Arguments.of("a bit of the sums", flip("SHA256SUMS", 3)),
                Arguments.of("a state cut off", write(state, "cut")),
                Arguments.of("an empty manifest", write("manifest.json", "")),
                Arguments.of("null for a manifest", write("manifest.json", "null")),
                Arguments.of("garbage for a manifest", write("manifest.json", "\u0000[[[{")),
                Arguments.of("no sums", (Damage) c -> Files.delete(c.resolve("SHA256SUMS"))),
                Arguments.of("no manifest", (Damage) c -> Files.delete(c.resolve("manifest.json"))),
                Arguments.of("no state", (Damage) c -> Files.delete(c.resolve(state))),
                Arguments.of(
                        "a directory for a state",
                        (Damage)
                                c -> {
                                    Files.delete(c.resolve(state));
                                    Files.createDirectory(c.resolve(state));
                                }),
                Arguments.of(
                        "an endless file for a state",
                        (Damage)
                                c -> {
                                    Files.delete(c.resolve(state));
                                    Files.createSymbolicLink(
                                            c.resolve(state), Path.of("/dev/zero"));
                                }),
                Arguments.of("a state elsewhere", manifest(state, "../../../dev/zero")),
                Arguments.of("another step", manifest("\"step\" : 200", "\"step\" : 300")),
                Arguments.of("another format", manifest("\"format\" : 1", "\"format\" : 9")));
    }

    @ParameterizedTest(name = "{0}")
    @MethodSource("damages")
    @Timeout(60)
    void passesOverWhatIsDamagedAndKeepsIt(String what, Damage damage) throws IOException {
        save(100, true);
        Checkpoint second = save(200, true);
        damage.to(second.directory());

        assertEquals(100, store.newest(SETTINGS).orElseThrow().step());

        List<String> told = store.takePassedOver();
        assertEquals(1, told.size(), told.toString());
        assertTrue(told.get(0).startsWith(second.directory().toString()), told.get(0));
        assertEquals(List.of(), store.takePassedOver());
        save(200, true);
        assertEquals(List.of("damaged-step-00000200", "step-00000100", "step-00000200"), names());
        assertEquals(200, store.newest(SETTINGS).orElseThrow().step());
    }

    @Test
    void passesOverAStateThatIsNotFiniteThoughItsHashFits() throws IOException {
        save(100, true);
        Path into = store.begin(200);
        String hash =
                Safetensors.writeInPlace(
                        into.resolve("student-0.safetensors"),
                        new StateDict().put("w", FloatArray.vector(1, Float.NaN)));
        store.commit(manifest(200, true, hash));

        assertEquals(100, store.newest(SETTINGS).orElseThrow().step());
        assertTrue(
                store.takePassedOver().get(0).contains("element 1 of tensor w is NaN"),
                "the tensor is named");
        ModelFileException refused =
                assertThrows(
                        ModelFileException.class,
                        () ->
                                StateFiles.read(
                                        directory.resolve(
                                                "checkpoints/step-00000200/student-0.safetensors")));
        assertTrue(refused.getMessage().contains("expected finite numbers only"));
    }

    @Test
    void neverTakesADirectoryThatCannotBeListedForNone() throws IOException {
        Files.writeString(directory.resolve("checkpoints"), "a file");

        CheckpointException refused =
                assertThrows(CheckpointException.class, () -> store.newest(SETTINGS));

        assertTrue(refused.getMessage().startsWith("cannot list "), refused.getMessage());
    }

    @Test
    void removesWhatAnEarlierProcessLeftHalfDone() throws IOException {
        save(100, true);
        Path left = store.begin(200);
        Files.writeString(left.resolve("student-0.safetensors"), "cut off");

        new CheckpointStore(directory.resolve("checkpoints"), 2, Duration.ofMinutes(30)).clean();

        assertEquals(List.of("step-00000100"), names());
    }

    @Test
    void abandonsACheckpointThatFailed() throws IOException {
        save(100, true);
        Files.writeString(store.begin(200).resolve("student-0.safetensors"), "half");

        store.abandon(200);

        assertEquals(List.of("step-00000100"), names());
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
