package io.aktnode.protocol.control;

/**
 * Marks what may travel between nodes; bound to Jackson's CBOR in this module's {@code
 * reference.conf}.
 */
public interface CborSerializable {}
