package io.aktnode.actors.checkpoint;

import akka.actor.typed.ActorRef;
import io.aktnode.actors.transfer.HeldFile;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.ModelFileException;
import io.aktnode.nn.model.Safetensors;
import io.aktnode.nn.model.StateDict;
import io.aktnode.protocol.control.FileProtocol;
import io.aktnode.protocol.control.GateState;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.frame.Role;
import io.aktnode.protocol.frame.RoleId;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/** A role's state as a file of a checkpoint. */
public final class StateFiles {

    private static final String SUFFIX = ".safetensors";

    private StateFiles() {}

    /** {@code generator}, {@code student-0}, {@code student-1} ... */
    public static String name(RoleId role) {
        return role.role() == Role.GENERATOR ? "generator" : role.toString();
    }

    /** Of a role's state within a checkpoint. */
    public static String file(RoleId role) {
        return name(role) + SUFFIX;
    }

    /** Whether a file of a checkpoint is a role's state. */
    static boolean isState(String file) {
        return file.endsWith(SUFFIX);
    }

    /**
     * Writes and flushes a state; one that is not finite is of no use to anybody and not written.
     * Nothing is thrown when it cannot be written: the answer says why, and the role lives on.
     */
    public static SupervisorProtocol.Saved save(
            RoleId role,
            int incarnation,
            long step,
            String directory,
            StateDict state,
            GateState gate) {
        if (nonFinite(state).isPresent()) {
            return new SupervisorProtocol.Saved(role, incarnation, step, "", "", false, gate);
        }
        String file = file(role);
        try {
            String sha256 = Safetensors.writeInPlace(Path.of(directory).resolve(file), state);
            return new SupervisorProtocol.Saved(role, incarnation, step, file, sha256, true, gate);
        } catch (ModelFileException e) {
            return SupervisorProtocol.Saved.failed(role, incarnation, step, gate, e.getMessage());
        }
    }

    /**
     * Holds a state for whoever writes the checkpoint to fetch; what {@link #save} says of one that
     * is not finite, or has no room, holds here too.
     *
     * @param source sends what {@code shelf} holds
     */
    public static SupervisorProtocol.Saved hold(
            RoleId role,
            int incarnation,
            long step,
            HeldFile shelf,
            ActorRef<FileProtocol.Request> source,
            StateDict state,
            GateState gate) {
        if (nonFinite(state).isPresent()) {
            return new SupervisorProtocol.Saved(role, incarnation, step, "", "", false, gate);
        }
        try {
            ByteBuffer bytes = Safetensors.bytes(state);
            String name = name(role) + "-" + incarnation + "-" + step;
            shelf.hold(name, bytes);
            return new SupervisorProtocol.Saved(
                    role,
                    incarnation,
                    step,
                    name,
                    Safetensors.sha256(bytes),
                    true,
                    gate,
                    "",
                    Optional.of(source));
        } catch (ArithmeticException e) {
            return SupervisorProtocol.Saved.failed(
                    role,
                    incarnation,
                    step,
                    gate,
                    "the state of " + role + " has more than the 2 GiB that can be sent");
        }
    }

    /**
     * Reads a state back.
     *
     * @throws ModelFileException if it cannot be read, or holds a number that is not finite: no
     *     such state was ever saved, and none must be trained on
     */
    public static StateDict read(Path file) {
        StateDict state = Safetensors.read(file);
        nonFinite(state)
                .ifPresent(
                        where -> {
                            throw new ModelFileException(
                                    file,
                                    where
                                            + ", expected finite numbers only; it was not written"
                                            + " by akt-node like that, take an older checkpoint");
                        });
        return state;
    }

    /** The first number that is not finite, in words. */
    private static Optional<String> nonFinite(StateDict state) {
        for (Map.Entry<String, FloatArray> entry : state.arrays().entrySet()) {
            float[] values = entry.getValue().values();
            for (int i = 0; i < values.length; i++) {
                if (!Float.isFinite(values[i])) {
                    return Optional.of(
                            "element " + i + " of tensor " + entry.getKey() + " is " + values[i]);
                }
            }
        }
        return Optional.empty();
    }
}
