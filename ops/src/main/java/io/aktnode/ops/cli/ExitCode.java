package io.aktnode.ops.cli;

/** How akt-node ends; an interrupt (Ctrl-C) gives 130, as the shell expects. */
final class ExitCode {

    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;

    /** A run that was finished, but with a student put aside on the way. */
    static final int QUARANTINED = 4;

    /**
     * A run that could not be kept healthy; its report says what was tried and how to go on. Not 3:
     * a JVM that runs out of memory ends with that.
     */
    static final int UNHEALTHY = 5;

    /** 128 + SIGINT. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
