package io.aktnode.protocol.frame;

/** Why a receiver dropped a frame. */
public enum DropReason {
    /** Too short, too long, or fields that contradict each other. */
    MALFORMED,
    /** Another SBE schema, schema version or protocol version. */
    UNKNOWN_VERSION,
    /** A frame kind or sender role this node does not know. */
    UNKNOWN_KIND,
    /** Too many tensors, impossible shapes, or more bytes than the node accepts. */
    ABSURD_TABLE,
    /** A chunk or the table does not have the CRC32C it claims. */
    CORRUPTED,
    /** The sender went away or began another frame before this one was whole. */
    TRUNCATED,
    /** Another run than the endpoint's fence names, or no fence set yet. */
    FOREIGN_RUN,
    /** An older incarnation than the endpoint's fence admits. */
    OLD_INCARNATION,
    /** Not encrypted, though it came from another machine and the endpoint has a key. */
    UNENCRYPTED,
    /** Encrypted, and the endpoint has no key. */
    NO_KEY,
    /** Encrypted under another key. */
    WRONG_KEY,
    /** Encrypted under the right key by its own word, but its tag says otherwise. */
    FORGED,
    /** Sent before, or older than what its sender has sent since. */
    REPLAYED,
    /** Other tensors than the owner has room for. */
    WRONG_LAYOUT,
    /** The owner had no free place for it. */
    REFUSED,
    /** The owner's code threw. */
    LANDING_FAILED,
    /** The endpoint was closed while the frame arrived. */
    CLOSED
}
