package io.aktnode.ops.cli;

import io.aktnode.ops.config.Settings;
import java.util.Optional;
import java.util.concurrent.Callable;
import picocli.CommandLine.Mixin;

/** A command that works from settings: flags, file, environment, defaults. */
abstract class SettingsCommand implements Callable<Integer> {

    @Mixin private CommonOptions common;

    private final Console console;

    SettingsCommand(Console console) {
        this.console = console;
    }

    /** What was given on the command line. */
    abstract Flags flags();

    /** A bundled file with this command's own defaults. */
    Optional<String> defaults() {
        return Optional.empty();
    }

    /**
     * Does the work.
     *
     * @return the exit code
     */
    abstract int run(Settings settings) throws Exception;

    @Override
    public final Integer call() throws Exception {
        Settings settings = Settings.load(defaults(), common.config(), flags().values());
        if (common.printConfig()) {
            console.terminal().text(settings.print());
            return ExitCode.OK;
        }
        Logging.start(console.terminal(), common.verbose() ? Logging.Level.ALL : logLevel());
        return run(settings);
    }

    /** What is logged without {@code --verbose}. */
    Logging.Level logLevel() {
        return Logging.Level.WARNINGS;
    }

    final Console console() {
        return console;
    }

    final boolean verbose() {
        return common.verbose();
    }
}
