package io.aktnode.ops.config;

/** A wrong setting or command line; the message is one sentence for people, with the remedy. */
public final class SettingsException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public SettingsException(String message) {
        super(message);
    }

    public SettingsException(String message, Throwable cause) {
        super(message, cause);
    }
}
