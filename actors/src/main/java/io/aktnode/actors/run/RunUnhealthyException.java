package io.aktnode.actors.run;

/**
 * A run that was stopped because no cure helped. Started again it would come to the same; the
 * message is its report.
 */
public final class RunUnhealthyException extends RunFailedException {

    private static final long serialVersionUID = 1L;

    public RunUnhealthyException(String message) {
        super(message);
    }
}
