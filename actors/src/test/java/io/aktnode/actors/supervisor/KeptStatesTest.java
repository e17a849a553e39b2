package io.aktnode.actors.supervisor;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointException;
import io.aktnode.actors.checkpoint.CheckpointStore;
import io.aktnode.actors.checkpoint.Manifest;
import io.aktnode.actors.run.Quarantined;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.Safetensors;
import io.aktnode.nn.model.StateDict;
import io.aktnode.protocol.control.GateState;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class KeptStatesTest {

    private static final String FILE = "student-1.safetensors";

    @TempDir private Path directory;
    private final KeptStates kept = new KeptStates();
    private final Map<String, String> files = new HashMap<>();
    private CheckpointStore store;
    private Checkpoint before;
    private Checkpoint newest;
    private byte[] state;

    @BeforeEach
    void putAStudentAside() throws IOException {
        store = new CheckpointStore(directory, 4, Duration.ofMinutes(30));
        before = commit(20);
        newest = commit(40);
        state = Files.readAllBytes(newest.file(FILE));
        kept.putAside(1, new Quarantined(37, "sick"), newest);
    }

    private Checkpoint commit(long step) {
        String hash =
                Safetensors.writeInPlace(
                        store.begin(step).resolve(FILE),
                        new StateDict().put("w", FloatArray.vector(3, 1)));
        return store.commit(
                new Manifest(
                        Manifest.FORMAT,
                        step,
                        0,
                        0,
                        true,
                        Map.of("seed", "1"),
                        Map.of(FILE, hash),
                        Map.of("student-1", GateState.initial()),
                        List.of(),
                        List.of(),
                        Map.of(),
                        Map.of(),
                        List.of()));
    }

    private static void damage(Checkpoint checkpoint) throws IOException {
        byte[] bytes = Files.readAllBytes(checkpoint.file(FILE));
        bytes[bytes.length - 1] ^= 1;
        Files.write(checkpoint.file(FILE), bytes);
    }

    private void carryOver() {
        kept.carryOver(store.begin(60), files, new HashMap<>());
    }

    @Test
    void carriesAStateOverFromAnEarlierCheckpointWhenItsCopyIsDamaged() throws IOException {
        damage(newest);

        carryOver();

        assertArrayEquals(state, Files.readAllBytes(store.writing(60).resolve(FILE)));
        assertEquals(before.manifest().files(), files);
    }

    @Test
    void carriesNothingDamagedOver() throws IOException {
        damage(newest);
        damage(before);

        String why = assertThrows(CheckpointException.class, this::carryOver).getMessage();

        assertTrue(why.contains("is not as it was saved"), why);
    }
}
