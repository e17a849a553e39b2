package io.aktnode.actors.replica;

import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointStore;
import io.aktnode.actors.fake.Manifests;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.Safetensors;
import io.aktnode.nn.model.StateDict;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;

/** Checkpoints for the tests of copying. */
final class Replicas {

    static final String STATE = "student-0.safetensors";

    private Replicas() {}

    static CheckpointStore store(Path run) {
        return CheckpointStore.of(run, 3, Duration.ofMinutes(30));
    }

    /** Saves one whose state is longer than a part and begins with {@code mark}. */
    static Checkpoint save(CheckpointStore store, long step, float mark) {
        return save(store, step, mark, Map.of("seed", "1"));
    }

    static Checkpoint save(
            CheckpointStore store, long step, float mark, Map<String, String> settings) {
        return save(store, step, mark, 0, settings);
    }

    static Checkpoint save(
            CheckpointStore store,
            long step,
            float mark,
            int incarnation,
            Map<String, String> settings) {
        float[] values = new float[50_000];
        values[0] = mark;
        StateDict state = new StateDict().put("w", FloatArray.vector(values));
        String hash = Safetensors.writeInPlace(store.begin(step).resolve(STATE), state);
        return store.commit(Manifests.of(step, incarnation, settings, Map.of(STATE, hash)));
    }

    static String sums(Checkpoint checkpoint) {
        try {
            return Files.readString(checkpoint.file(Checkpoint.SUMS));
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
