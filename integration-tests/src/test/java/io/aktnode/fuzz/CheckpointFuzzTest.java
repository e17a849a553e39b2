package io.aktnode.fuzz;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointException;
import io.aktnode.actors.checkpoint.CheckpointStore;
import io.aktnode.actors.checkpoint.Manifest;
import io.aktnode.actors.run.Evaluation;
import io.aktnode.actors.run.Guest;
import io.aktnode.actors.run.Intervention;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.Safetensors;
import io.aktnode.nn.model.StateDict;
import io.aktnode.protocol.control.GateState;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.slf4j.LoggerFactory;

/**
 * Manifests, sums and states of checkpoints. Whatever has become of the newer one, it is passed
 * over for the older one, or it is whole.
 */
class CheckpointFuzzTest extends Fuzzing {

    private static final int MANIFEST = 0;
    private static final int SUMS = 1;
    private static final Path DIRECTORY = Scratch.directory().resolve("checkpoints");
    private static final String STATE = "student-0.safetensors";
    private static final List<String> FILES = List.of("manifest.json", "SHA256SUMS", STATE);
    private static final Checkpoint NEWER = checkpoints();
    private static final List<byte[]> WHOLE =
            FILES.stream().map(name -> content(NEWER.file(name))).toList();

    /** Whether the newer one is damaged and its sums do not say so. */
    private boolean damaged;

    CheckpointFuzzTest() {
        super(
                WHOLE,
                words(
                        "null",
                        "{",
                        "[",
                        "}",
                        "]",
                        "[[[[[[[[[[[[[[[[",
                        "-1",
                        "\"format\" : 1",
                        "\"step\" : 100",
                        "\"healthy\" : true",
                        "\"files\" : { }",
                        "\"files\" : null",
                        "\"settings\" : null",
                        "\"gates\" : { \"student-0\" : null }",
                        "\"../../../../dev/zero\" : ",
                        "manifest.json",
                        "NaN",
                        "1e999999999",
                        "9223372036854775808",
                        "\\u0000",
                        "\"unknown\" : [ ],"),
                4 << 20,
                600);
    }

    static {
        // A line for each damaged checkpoint, as it should be, but not a million of them.
        ((Logger) LoggerFactory.getLogger(CheckpointStore.class)).setLevel(Level.OFF);
    }

    private static CheckpointStore store() {
        return new CheckpointStore(DIRECTORY, 2, Duration.ofMinutes(1));
    }

    private static Checkpoint checkpoints() {
        commit(0);
        return commit(100);
    }

    private static Checkpoint commit(long step) {
        CheckpointStore store = store();
        String hash =
                Safetensors.writeInPlace(
                        store.begin(step).resolve(STATE),
                        new StateDict().put("w", FloatArray.vector(1, 2, step)));
        return store.commit(
                new Manifest(
                        Manifest.FORMAT,
                        step,
                        1,
                        2,
                        true,
                        Map.of("training.seed", "1"),
                        Map.of(STATE, hash),
                        Map.of("student-0", new GateState(List.of(0.1), 1, 0.5)),
                        List.of(new Evaluation(0, 4, step, 54.98)),
                        List.of(new Intervention(3, "student", "skip", "why", Map.of("loss", 0.3))),
                        Map.of("student loss", List.of(2.5, 0.3)),
                        Map.of(),
                        List.of(new Guest(1, 4, 120))));
    }

    /** Damages one file of the newer checkpoint; fitting is to let the sums say what it has now. */
    @Override
    byte[] prepare(Input input) {
        damaged =
                !input.fit()
                        && input.sample() != SUMS
                        && !Arrays.equals(input.bytes(), WHOLE.get(input.sample()));
        for (int i = 0; i < FILES.size(); i++) {
            write(NEWER.file(FILES.get(i)), i == input.sample() ? input.bytes() : WHOLE.get(i));
        }
        if (input.fit() && input.sample() != SUMS) {
            String sums = new String(WHOLE.get(SUMS), StandardCharsets.US_ASCII);
            for (int file : new int[] {MANIFEST, 2}) {
                write(NEWER.file("before"), WHOLE.get(file));
                sums =
                        sums.replace(
                                Safetensors.sha256(NEWER.file("before")),
                                Safetensors.sha256(NEWER.file(FILES.get(file))));
            }
            write(NEWER.file(FILES.get(SUMS)), sums.getBytes(StandardCharsets.US_ASCII));
        }
        return input.bytes();
    }

    @Override
    void read(byte[] bytes) {
        Optional<Checkpoint> found = store().newest();
        try {
            store().sound(0);
            store().newest(Map.of("training.seed", "1"));
        } catch (CheckpointException otherSettings) {
            // As it should be.
        }
        if (found.isEmpty()) {
            throw new AssertionError("the older checkpoint was not found either");
        }
        if (damaged && found.get().step() != 0) {
            throw new AssertionError("a damaged checkpoint was taken for whole");
        }
    }
}
