package io.aktnode.actors.checkpoint;

import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.Safetensors;
import io.aktnode.nn.model.StateDict;
import io.aktnode.protocol.control.GateState;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.frame.Role;
import io.aktnode.protocol.frame.RoleId;
import java.nio.file.Path;

/** A role's state as a file of a checkpoint. */
public final class StateFiles {

    private StateFiles() {}

    /** {@code generator}, {@code student-0}, {@code student-1} ... */
    public static String name(RoleId role) {
        return role.role() == Role.GENERATOR ? "generator" : role.toString();
    }

    /**
     * Writes and flushes a state; one that is not finite is of no use to anybody and not written.
     */
    public static SupervisorProtocol.Saved save(
            RoleId role,
            int incarnation,
            long step,
            String directory,
            StateDict state,
            GateState gate) {
        if (!finite(state)) {
            return new SupervisorProtocol.Saved(role, incarnation, step, "", "", false, gate);
        }
        String file = name(role) + ".safetensors";
        String sha256 = Safetensors.writeInPlace(Path.of(directory).resolve(file), state);
        return new SupervisorProtocol.Saved(role, incarnation, step, file, sha256, true, gate);
    }

    private static boolean finite(StateDict state) {
        for (FloatArray array : state.arrays().values()) {
            for (float value : array.values()) {
                if (!Float.isFinite(value)) {
                    return false;
                }
            }
        }
        return true;
    }
}
