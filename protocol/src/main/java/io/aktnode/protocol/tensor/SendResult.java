package io.aktnode.protocol.tensor;

/** What became of a frame that was to be sent. */
public enum SendResult {
    SENT,
    /** The receiver did not make room within the offer timeout. */
    BACK_PRESSURED,
    /** Aeron was busy turning over its log all through the offer timeout. */
    ADMIN_ACTION,
    /** No receiver was there all through the offer timeout. */
    NOT_CONNECTED
}
