package io.aktnode.nn.data;

import java.nio.file.Path;

/**
 * An image file or set cannot be used; the message is one sentence for the user, with the file,
 * what is wrong, what was expected and how to mend it.
 */
public final class DataFileException extends RuntimeException {

    private static final long serialVersionUID = 1L;

    public DataFileException(Path file, String problem) {
        super(file + ": " + problem);
    }

    public DataFileException(Path file, String problem, Throwable cause) {
        super(file + ": " + problem, cause);
    }
}
