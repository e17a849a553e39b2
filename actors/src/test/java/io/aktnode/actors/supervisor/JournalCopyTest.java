package io.aktnode.actors.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointException;
import io.aktnode.actors.checkpoint.CheckpointStore;
import io.aktnode.actors.fake.Manifests;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.Safetensors;
import io.aktnode.nn.model.StateDict;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalCopyTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");
    private static final String STATE = "student-0.safetensors";

    @TempDir private Path lost;
    @TempDir private Path here;

    private static void cure(Path run, String action) {
        try (Journal journal = new Journal(run, () -> NOON)) {
            journal.write("intervention", Map.of("role", "student", "action", action, "step", 41));
        }
    }

    /** A checkpoint with the end of the journal of the machine that will be lost. */
    private Checkpoint checkpoint() {
        CheckpointStore store = CheckpointStore.of(lost, 3, Duration.ofMinutes(1));
        Path writing = store.begin(42);
        Map<String, String> files = new HashMap<>();
        StateDict state = new StateDict().put("w", FloatArray.vector(1));
        files.put(STATE, Safetensors.writeInPlace(writing.resolve(STATE), state));
        try (Journal journal = new Journal(lost, () -> NOON)) {
            JournalCopy.carryOver(journal, writing, files);
        }
        store.commit(Manifests.of(42, Map.of(), files));
        return store.newest().orElseThrow();
    }

    private static List<String> journal(Path run) throws IOException {
        return Files.readAllLines(run.resolve(Journal.FILE));
    }

    @Test
    void whatTheLostMachineHadSpentCountsWhereTheCheckpointIsGoneOnFrom() throws IOException {
        cure(lost, "rollback");
        cure(lost, "restart");

        JournalCopy.restore(checkpoint(), here);

        assertEquals(journal(lost), journal(here));
        assertEquals(
                List.of("rollback", "restart"),
                PastCures.read(here, NOON).stream().map(PastCure::action).toList());
    }

    @Test
    void addsOnlyWhatTheJournalDoesNotHave() throws IOException {
        cure(lost, "rollback");
        cure(here, "skip");
        JournalCopy.restore(checkpoint(), here);
        cure(lost, "restart");

        JournalCopy.restore(checkpoint(), here);

        assertEquals(
                List.of("skip", "rollback", "restart"),
                PastCures.read(here, NOON).stream().map(PastCure::action).toList());
    }

    @Test
    void leavesAJournalAloneThatHasAll() throws IOException {
        cure(lost, "rollback");
        Checkpoint checkpoint = checkpoint();
        // Half a character: what was being written when the power went.
        Files.write(
                lost.resolve(Journal.FILE), new byte[] {(byte) 0xc3}, StandardOpenOption.APPEND);
        byte[] before = Files.readAllBytes(lost.resolve(Journal.FILE));

        JournalCopy.restore(checkpoint, lost);

        assertEquals(
                ByteBuffer.wrap(before),
                ByteBuffer.wrap(Files.readAllBytes(lost.resolve(Journal.FILE))));
    }

    @Test
    void aCheckpointIsWholeOnlyWithTheJournalItWasWrittenWith() throws IOException {
        cure(lost, "rollback");
        Checkpoint checkpoint = checkpoint();

        Files.writeString(checkpoint.file(Journal.FILE), "{}\n", StandardOpenOption.APPEND);

        CheckpointStore store = CheckpointStore.of(lost, 3, Duration.ofMinutes(1));
        String why = assertThrows(CheckpointException.class, store::newest).getMessage();
        assertTrue(why.contains("journal.jsonl has SHA-256"), why);
    }
}
