package io.aktnode.actors.run;

/**
 * A run that could not start or could not be kept healthy; the message is one sentence for people.
 */
public sealed class RunFailedException extends RuntimeException
        permits RunLostException, RunUnhealthyException {

    private static final long serialVersionUID = 1L;

    public RunFailedException(String message) {
        super(message);
    }

    public RunFailedException(String message, Throwable cause) {
        super(message, cause);
    }
}
