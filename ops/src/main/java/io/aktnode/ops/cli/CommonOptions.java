package io.aktnode.ops.cli;

import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Option;

/** Options that every command has. */
final class CommonOptions {

    @Option(
            names = "--config",
            paramLabel = "FILE",
            description = "Settings in HOCON; flags beat it, it beats AKT_... variables.")
    private Path config;

    @Option(
            names = "--print-config",
            description = "Print the effective settings and where each comes from, then end.")
    private boolean printConfig;

    @Option(names = "--verbose", description = "More log lines; stack traces of errors.")
    private boolean verbose;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this help.")
    private boolean help;

    Optional<Path> config() {
        return Optional.ofNullable(config);
    }

    boolean printConfig() {
        return printConfig;
    }

    boolean verbose() {
        return verbose;
    }
}
