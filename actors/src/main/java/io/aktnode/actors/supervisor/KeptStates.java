package io.aktnode.actors.supervisor;

import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointException;
import io.aktnode.actors.checkpoint.StateFiles;
import io.aktnode.actors.run.Quarantined;
import io.aktnode.nn.model.DurableFiles;
import io.aktnode.nn.model.Safetensors;
import io.aktnode.protocol.control.GateState;
import io.aktnode.protocol.frame.RoleId;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;

/**
 * Students that take no part: those put aside because they are sick, and guests that have left. The
 * state last saved of them is carried from checkpoint to checkpoint, so that each holds all
 * students and the run ends with a file for each. One thread.
 */
final class KeptStates {

    private final TreeMap<Integer, Quarantined> quarantined = new TreeMap<>();
    private final TreeMap<Integer, Checkpoint> holders = new TreeMap<>();

    /**
     * Puts a student aside for good.
     *
     * @param sound the checkpoint with the state to keep of it, if it was there already
     */
    void putAside(int student, Quarantined why, Checkpoint sound) {
        quarantined.put(student, why);
        keep(student, sound);
    }

    /** Keeps what a checkpoint has of a student that has left; nothing if it has nothing. */
    void keep(int student, Checkpoint from) {
        if (from.has(RoleId.student(student))) {
            holders.put(student, from);
        }
    }

    /** Where the state of a student is that comes back; from now on it is not kept. */
    Optional<Checkpoint> take(int student) {
        return Optional.ofNullable(holders.remove(student));
    }

    boolean keeps(int student) {
        return holders.containsKey(student);
    }

    Optional<Quarantined> whyPutAside(int student) {
        return Optional.ofNullable(quarantined.get(student));
    }

    /** By id. */
    Map<Integer, Quarantined> allPutAside() {
        return quarantined;
    }

    /**
     * The run stands at this checkpoint now; states that are not in it were given up.
     *
     * @return students of which nothing is kept any more
     */
    Set<Integer> heldBy(Checkpoint checkpoint) {
        Set<Integer> lost = new TreeSet<>(holders.keySet());
        lost.removeIf(student -> checkpoint.has(RoleId.student(student)));
        holders.keySet().removeAll(lost);
        holders.replaceAll((student, before) -> checkpoint);
        return lost;
    }

    /**
     * Adds the states to a checkpoint that is being written, as they were saved once: a damaged
     * copy would spoil every checkpoint from now on.
     *
     * @param files hashes by name
     * @param gates by role
     * @throws CheckpointException if a file cannot be copied, or none is as it was saved
     */
    void carryOver(Path directory, Map<String, String> files, Map<String, GateState> gates) {
        holders.forEach(
                (student, holder) -> {
                    String name = StateFiles.name(RoleId.student(student));
                    String file = StateFiles.file(RoleId.student(student));
                    String hash = holder.manifest().files().get(file);
                    try {
                        DurableFiles.replace(directory.resolve(file), intact(holder, file, hash));
                    } catch (IOException e) {
                        throw new CheckpointException(
                                "cannot copy " + holder.file(file) + " to " + directory, e);
                    }
                    files.put(file, hash);
                    gates.put(name, holder.manifest().gates().get(name));
                });
    }

    /** The checkpoints before the holder have the same file. */
    private static byte[] intact(Checkpoint holder, String file, String hash) throws IOException {
        List<Path> copies = new ArrayList<>(List.of(holder.file(file)));
        try (Stream<Path> checkpoints = Files.list(holder.directory().getParent())) {
            checkpoints.map(other -> other.resolve(file)).forEach(copies::add);
        }
        for (Path copy : copies) {
            if (Files.isRegularFile(copy)) {
                byte[] state = Files.readAllBytes(copy);
                if (Safetensors.sha256(ByteBuffer.wrap(state)).equals(hash)) {
                    return state;
                }
            }
        }
        throw new CheckpointException(
                holder.file(file)
                        + " is not as it was saved, nor is it in any other checkpoint there");
    }
}
