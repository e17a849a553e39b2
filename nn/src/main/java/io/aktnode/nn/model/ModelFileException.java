package io.aktnode.nn.model;

import java.nio.file.Path;

/**
 * A model file cannot be read, written or used; the message is one sentence for the user, with the
 * file, what is wrong, what was expected and how to mend it.
 */
public final class ModelFileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public ModelFileException(Path file, String problem) {
        super(file + ": " + problem);
    }

    public ModelFileException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
