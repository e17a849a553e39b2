package io.aktnode.protocol.tensor;

/** Thrown by a {@link Landing} to which a frame brings other tensors than it has room for. */
public final class WrongLayoutException extends RuntimeException {

    private static final long serialVersionUID = 1;

    public WrongLayoutException(String message) {
        super(message);
    }
}
