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
import java.util.TreeMap;

/**
 * The students that were put aside. Their last healthy state is carried from checkpoint to
 * checkpoint, so that each holds all students and the run ends with a file for each. One thread.
 */
final class Quarantine {

    private final TreeMap<Integer, Quarantined> students = new TreeMap<>();
    private final TreeMap<Integer, Checkpoint> holders = new TreeMap<>();

    /**
     * @param healthy the checkpoint with the state to keep of it
     */
    void add(int student, Quarantined why, Checkpoint healthy) {
        students.put(student, why);
        holders.put(student, healthy);
    }

    Optional<Quarantined> of(int student) {
        return Optional.ofNullable(students.get(student));
    }

    /** By id. */
    Map<Integer, Quarantined> all() {
        return students;
    }

    /** The newest checkpoint of the run holds all states now. */
    void heldBy(Checkpoint checkpoint) {
        holders.replaceAll((student, before) -> checkpoint);
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
                    String file = name + ".safetensors";
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
