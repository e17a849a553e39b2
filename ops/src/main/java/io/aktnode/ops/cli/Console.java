package io.aktnode.ops.cli;

import io.aktnode.ops.report.Terminal;
import java.io.PrintStream;

/**
 * Where commands write.
 *
 * @param terminal results and progress
 * @param errors one sentence when something is wrong
 */
record Console(Terminal terminal, PrintStream errors) {

    static Console standard() {
        return new Console(Terminal.standard(), System.err);
    }
}
