package io.aktnode.ops.cli;

import io.aktnode.actors.run.RunFailedException;
import io.aktnode.actors.run.RunUnhealthyException;
import io.aktnode.nn.data.DataFileException;
import io.aktnode.nn.model.ModelFileException;
import io.aktnode.ops.config.SettingsException;
import java.io.PrintStream;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.UnmatchedArgumentException;

/** Turns whatever went wrong into one sentence and an exit code. */
final class Errors {

    private final PrintStream out;

    Errors(PrintStream out) {
        this.out = out;
    }

    /** A command line that cannot be understood. */
    int usage(ParameterException e, String[] arguments) {
        CommandLine command = e.getCommandLine();
        String hint = "see " + command.getCommandSpec().qualifiedName() + " --help";
        if (e instanceof UnmatchedArgumentException unmatched) {
            List<String> suggestions = unmatched.getSuggestions();
            if (!suggestions.isEmpty()) {
                hint = "did you mean " + String.join(" or ", suggestions) + "? (" + hint + ")";
            }
        }
        sentence(e.getMessage() + "; " + hint);
        return ExitCode.USAGE;
    }

    /** A command that failed. */
    int execution(Exception e, CommandLine command, CommandLine.ParseResult parsed) {
        boolean verbose =
                command.getCommand() instanceof SettingsCommand failed && failed.verbose();
        boolean expected =
                e instanceof SettingsException
                        || e instanceof ModelFileException
                        || e instanceof DataFileException;
        if (expected) {
            sentence(e.getMessage());
        } else if (e instanceof RunFailedException) {
            sentence(e.getMessage());
        } else {
            sentence(
                    "unexpected "
                            + e
                            + (verbose ? "" : "; run it again with --verbose to see where"));
        }
        if (verbose) {
            e.printStackTrace(out);
        }
        if (e instanceof RunUnhealthyException) {
            return ExitCode.UNHEALTHY;
        }
        return expected ? ExitCode.USAGE : ExitCode.FAILED;
    }

    private void sentence(String text) {
        out.println("akt-node: " + text);
        out.flush();
    }
}
