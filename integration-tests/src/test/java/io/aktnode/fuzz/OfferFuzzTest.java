package io.aktnode.fuzz;

import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointCopies;
import io.aktnode.actors.checkpoint.CheckpointException;
import io.aktnode.actors.checkpoint.CheckpointStore;
import io.aktnode.actors.checkpoint.Manifest;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.Safetensors;
import io.aktnode.nn.model.StateDict;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/**
 * What another process says a checkpoint's hashes are when it offers it for copying. Whatever it
 * says, files are fetched into the copy's own directory only, and the copy counts only with the
 * hashes the checkpoint has.
 */
class OfferFuzzTest extends Fuzzing {

    private static final long STEP = 400;
    private static final String STATE = "student-0.safetensors";
    private static final String MANIFEST = "manifest.json";
    private static final Path SCRATCH = Scratch.directory();
    private static final Path COPIES = SCRATCH.resolve("copies");
    private static final Checkpoint OFFERED = checkpoint();
    private static final byte[] SUMS = content(OFFERED.file(Checkpoint.SUMS));
    private static final byte[] CONTENT = content(OFFERED.file(STATE));
    private static final byte[] SAID = content(OFFERED.file(MANIFEST));

    OfferFuzzTest() {
        super(
                List.of(SUMS),
                words(
                        "\n",
                        "  ",
                        " *",
                        "\r\n",
                        "../",
                        "/dev/zero",
                        ".",
                        "..\\",
                        "\u0000",
                        "SHA256SUMS",
                        STATE,
                        "generator.safetensors\n",
                        "0".repeat(64),
                        "F".repeat(64) + "  x\n"),
                1 << 20,
                600);
    }

    private static CheckpointStore store(Path directory) {
        return new CheckpointStore(directory, 2, Duration.ofMinutes(1));
    }

    private static Checkpoint checkpoint() {
        CheckpointStore store = store(SCRATCH.resolve("offered"));
        String hash =
                Safetensors.writeInPlace(
                        store.begin(STEP).resolve(STATE),
                        new StateDict().put("w", FloatArray.vector(1, 2, 3)));
        return store.commit(
                new Manifest(
                        Manifest.FORMAT,
                        STEP,
                        1,
                        2,
                        true,
                        Map.of("training.seed", "1"),
                        Map.of(STATE, hash),
                        Map.of(),
                        List.of(),
                        List.of(),
                        Map.of(),
                        Map.of(),
                        List.of()));
    }

    @Override
    void read(byte[] bytes) {
        String sums = new String(bytes, StandardCharsets.ISO_8859_1);
        CheckpointStore store = store(COPIES);
        CheckpointCopies copies = new CheckpointCopies(store);
        try {
            if (!copies.wants(STEP, sums)) {
                throw new AssertionError("taken for one that is here");
            }
            for (String name : copies.begin(STEP, sums).keySet()) {
                fetch(copies.writing(), name);
            }
            copies.complete(STEP, sums);
            if (!sums.equals(new String(SUMS, StandardCharsets.ISO_8859_1))) {
                throw new AssertionError("a copy counts that is another");
            }
            store.removeAfter(0);
        } catch (CheckpointException refused) {
            copies.abandon();
        }
    }

    private static void fetch(Path copy, String name) {
        Path file = copy.resolve(name);
        if (!file.normalize().getParent().equals(copy) || Files.exists(file)) {
            throw new AssertionError(name + " leads elsewhere, or to what is there");
        }
        write(file, name.equals(MANIFEST) ? SAID : CONTENT);
    }
}
