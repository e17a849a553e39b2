package io.aktnode.protocol.control;

import akka.actor.typed.ActorRef;
import java.util.Optional;

/**
 * A role's saved state: a file of a checkpoint and what its gate remembers.
 *
 * @param file path of the safetensors file; with a source the name under which that knows it
 * @param sha256 of the file, lower-case hexadecimal
 * @param source from where a role fetches the file that may not see the checkpoint's disk
 */
public record RoleState(
        String file, String sha256, Optional<ActorRef<FileProtocol.Request>> source, GateState gate)
        implements CborSerializable {}
