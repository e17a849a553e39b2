package io.aktnode.ops.cli;

/** How akt-node ends; an interrupt (Ctrl-C) gives 130, as the shell expects. */
final class ExitCode {

    static final int OK = 0;
    static final int FAILED = 1;
    static final int USAGE = 2;

    /** 128 + SIGINT. */
    static final int INTERRUPTED = 130;

    private ExitCode() {}
}
