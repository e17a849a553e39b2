package io.aktnode.actors.run;

/**
 * A run that was not ended but lost to whoever waited for it here: its supervisor was stopped, by
 * the end of its node for instance. It goes on from its last checkpoint wherever it is started
 * again.
 */
public final class RunLostException extends RunFailedException {

    private static final long serialVersionUID = 1L;

    public RunLostException(String message) {
        super(message);
    }
}
