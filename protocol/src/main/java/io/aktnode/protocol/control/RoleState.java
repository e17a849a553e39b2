package io.aktnode.protocol.control;

/**
 * A role's saved state: a file of a checkpoint and what its gate remembers.
 *
 * @param file path of the safetensors file
 */
public record RoleState(String file, GateState gate) implements CborSerializable {}
