package io.aktnode.actors.checkpoint;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assumptions.assumeTrue;

import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import io.aktnode.protocol.control.GateState;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.frame.RoleId;
import java.io.File;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A disk that is really full and one that is really read-only, in a mount namespace of its own. */
@Timeout(120)
class FullDiskTest {

    private static final long STEP = 100;

    @TempDir Path directory;

    @Test
    void savesFailInAWordLeaveNothingBehindAndSucceedOnceThereIsRoom() throws Exception {
        Path out = directory.resolve("out.txt");
        String mount = "mount -t tmpfs -o size=256k tmpfs \"$0\" && exec \"$@\"";
        List<String> command =
                List.of(
                        "unshare",
                        "-m",
                        "sh",
                        "-c",
                        mount,
                        Files.createDirectory(directory.resolve("disk")).toString(),
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty(
                                "surefire.test.class.path", System.getProperty("java.class.path")),
                        Saver.class.getName(),
                        directory.resolve("disk").toString());
        assumeTrue(
                exit(List.of("unshare", "-m", "true"), out) == 0,
                "making a mount namespace needs root");

        int exit = exit(command, out);

        assertEquals(0, exit, () -> text(out));
    }

    private static int exit(List<String> command, Path out) throws InterruptedException {
        File log = out.toFile();
        try {
            Process process =
                    new ProcessBuilder(command)
                            .redirectErrorStream(true)
                            .redirectOutput(log)
                            .start();
            if (!process.waitFor(60, TimeUnit.SECONDS)) {
                process.destroyForcibly();
                return -1;
            }
            return process.exitValue();
        } catch (IOException e) {
            return -1;
        }
    }

    private static String text(Path file) {
        try {
            return Files.readString(file, StandardCharsets.UTF_8);
        } catch (IOException e) {
            return e.toString();
        }
    }

    /** What runs in the namespace. */
    static final class Saver {

        private Saver() {}

        public static void main(String... arguments) throws Exception {
            Path disk = Path.of(arguments[0]);
            CheckpointStore store =
                    new CheckpointStore(disk.resolve("checkpoints"), 2, Duration.ofMinutes(1));
            commit(store, 0, save(store, 0));
            Path filler = disk.resolve("filler");
            fill(filler);

            // A state of 40 kB does not fit: the role says so, and the directory goes again.
            SupervisorProtocol.Saved full = save(store, STEP);
            require(full.problem().contains("No space left on device"), full.problem());
            store.abandon(STEP);
            require(store.newest().orElseThrow().step() == 0, "the one before is lost");
            require(!Files.exists(store.writing(STEP)), "something was left behind");

            Files.delete(filler);
            commit(store, STEP, save(store, STEP));
            require(store.newest().orElseThrow().step() == STEP, "not saved with room");

            remount(disk, "ro");
            try {
                store.begin(2 * STEP);
                throw new AssertionError("wrote to a read-only disk");
            } catch (CheckpointException e) {
                require(e.getMessage().contains("Read-only file system"), e.getMessage());
            }
            store.removeAfter(0);
            remount(disk, "rw");
            // What could not be given up before is now.
            save(store, 2 * STEP);
            require(!Files.exists(disk.resolve("checkpoints/step-00000100")), "not given up");
        }

        private static SupervisorProtocol.Saved save(CheckpointStore store, long step) {
            return StateFiles.save(
                    RoleId.student(0),
                    0,
                    step,
                    store.begin(step).toString(),
                    new StateDict().put("w", FloatArray.vector(new float[10_000])),
                    GateState.initial());
        }

        private static void commit(
                CheckpointStore store, long step, SupervisorProtocol.Saved saved) {
            require(saved.problem().isEmpty(), saved.problem());
            store.commit(
                    new Manifest(
                            Manifest.FORMAT,
                            step,
                            0,
                            0,
                            true,
                            Map.of(),
                            Map.of(saved.file(), saved.sha256()),
                            Map.of("student-0", saved.gate()),
                            List.of(),
                            List.of(),
                            Map.of(),
                            Map.of(),
                            List.of()));
        }

        /** To the last page but one: directories still have theirs. */
        private static void fill(Path filler) throws IOException {
            long room = Files.getFileStore(filler.getParent()).getUsableSpace();
            Files.write(filler, new byte[(int) room - 16_384]);
        }

        private static void remount(Path disk, String how) throws Exception {
            int exit =
                    new ProcessBuilder("mount", "-o", "remount," + how, disk.toString())
                            .inheritIO()
                            .start()
                            .waitFor();
            require(exit == 0, "cannot remount");
        }

        private static void require(boolean fact, String otherwise) {
            if (!fact) {
                throw new AssertionError(otherwise);
            }
        }
    }
}
