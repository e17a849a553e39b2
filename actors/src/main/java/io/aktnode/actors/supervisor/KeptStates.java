package io.aktnode.actors.supervisor;

import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointException;
import io.aktnode.actors.checkpoint.StateFiles;
import io.aktnode.actors.run.Quarantined;
import io.aktnode.nn.model.DurableFiles;
import io.aktnode.protocol.control.GateState;
import io.aktnode.protocol.frame.RoleId;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;

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
     * Adds the states to a checkpoint that is being written.
     *
     * @param files hashes by name
     * @param gates by role
     * @throws CheckpointException if a file cannot be copied
     */
    void carryOver(Path directory, Map<String, String> files, Map<String, GateState> gates) {
        holders.forEach(
                (student, holder) -> {
                    String name = StateFiles.name(RoleId.student(student));
                    String file = StateFiles.file(RoleId.student(student));
                    try {
                        byte[] state = Files.readAllBytes(holder.file(file));
                        DurableFiles.replace(directory.resolve(file), state);
                    } catch (IOException e) {
                        throw new CheckpointException(
                                "cannot copy " + holder.file(file) + " to " + directory, e);
                    }
                    files.put(file, holder.manifest().files().get(file));
                    gates.put(name, holder.manifest().gates().get(name));
                });
    }
}
