package io.aktnode.actors.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointStore;
import io.aktnode.actors.checkpoint.Manifest;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.Safetensors;
import io.aktnode.nn.model.StateDict;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TimelineTest {

    private static final int SETTLING = 15;
    private static final long NO_DOUBT = Long.MAX_VALUE;

    @TempDir private Path directory;
    private CheckpointStore store;
    private Timeline timeline;

    @BeforeEach
    void begin() {
        store = new CheckpointStore(directory, 4, Duration.ofMinutes(30));
        timeline = new Timeline(store, SETTLING, Optional.empty());
        for (long step : List.of(0L, 60L, 80L, 100L)) {
            commit(step, true);
        }
    }

    private void commit(long step, boolean healthy) {
        timeline.committed(save(step, timeline.incarnation(), healthy));
        timeline.reached(step);
    }

    private Checkpoint save(long step, int incarnation, boolean healthy) {
        String hash =
                Safetensors.writeInPlace(
                        store.begin(step).resolve("student-0.safetensors"),
                        new StateDict().put("w", FloatArray.vector(step, 1)));
        return store.commit(
                new Manifest(
                        Manifest.FORMAT,
                        step,
                        incarnation,
                        timeline.noiseEpoch(),
                        healthy,
                        Map.of("seed", "1"),
                        Map.of("student-0.safetensors", hash),
                        Map.of(),
                        List.of(),
                        List.of(),
                        Map.of(),
                        Map.of(),
                        List.of()));
    }

    /** Where it goes back to; what is saved on the way to the next trouble is there again. */
    private long back(long trouble, long doubtfulSince) {
        timeline.back(trouble, doubtfulSince, false);
        long step = timeline.step();
        for (long saved = step + 20; saved <= 100; saved += 20) {
            commit(saved, true);
        }
        return step;
    }

    /** However many the process before it began after the checkpoint. */
    @Test
    void aResumedRunBeginsLaterIncarnations() {
        for (int i = 0; i < 5; i++) {
            timeline.again();
        }
        Timeline resumed = new Timeline(store, SETTLING, store.newest());
        Timeline next =
                new Timeline(store, SETTLING, Optional.of(save(120, resumed.incarnation(), true)));

        assertTrue(resumed.incarnation() > timeline.incarnation());
        assertTrue(next.incarnation() > resumed.incarnation());
    }

    @Test
    void goesBackToTheNewestCheckpointFromBeforeTheDoubts() {
        assertEquals(60, back(117, 76));
        assertEquals(1, timeline.incarnation());
        assertEquals(1, timeline.noiseEpoch());
    }

    @Test
    void goesFurtherBackEachTimeTheSameTroubleComesAgain() {
        assertEquals(100, back(117, NO_DOUBT));
        assertEquals(100, back(117, NO_DOUBT));
        assertEquals(80, back(117, NO_DOUBT));
        assertEquals(80, back(117, NO_DOUBT));
        assertEquals(60, back(117, NO_DOUBT));
        assertEquals(60, back(117, NO_DOUBT));
        assertEquals(0, back(117, NO_DOUBT));
    }

    @Test
    void trustsTheNewestAgainOnceTheTroubleIsLeftBehind() {
        for (long expected : List.of(100L, 100L, 80L)) {
            assertEquals(expected, back(117, NO_DOUBT));
        }

        assertEquals(100, back(117 + SETTLING + 1, NO_DOUBT));
    }

    /** As on a disk that has the one checkpoint it was given by another machine. */
    @Test
    void goesOnFromADoubtfulStateWhereThereIsNoOther() {
        store = new CheckpointStore(directory.resolve("other"), 4, Duration.ofMinutes(30));
        timeline = new Timeline(store, SETTLING, Optional.empty());
        commit(400, false);

        assertEquals(400, back(403, 397));
        assertEquals(1, timeline.noiseEpoch());
        assertEquals(400, store.newest().orElseThrow().step());
    }

    @Test
    void keepsItsNoiseWhenAMachineWasAtFault() {
        timeline.again();

        assertEquals(100, timeline.step());
        assertEquals(1, timeline.incarnation());
        assertEquals(0, timeline.noiseEpoch());
    }
}
