package io.aktnode.actors.checkpoint;

/** A checkpoint that cannot be written, read or used; the message is one sentence for people. */
public final class CheckpointException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public CheckpointException(String message) {
        super(message);
    }

    public CheckpointException(String message, Throwable cause) {
        super(message, cause);
    }
}
