package io.aktnode.protocol.tensor;

/** Thrown when the data plane, or the part of it that was to be used, is closed or has failed. */
public final class TransportClosedException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public TransportClosedException(String message) {
        super(message);
    }

    public TransportClosedException(String message, Throwable cause) {
        super(message, cause);
    }
}
