package io.aktnode.ops.cli;

import io.aktnode.ops.config.Settings;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** The whole command line; on its own, one node of a cluster. */
@Command(
        name = "akt-node",
        synopsisSubcommandLabel = "COMMAND",
        description = {
            "Quantizes a trained image classifier to 2-8 bits without its training data.",
            "Given --role, runs as one node of a cluster instead of a command."
        },
        versionProvider = Version.class,
        footer = {"", "Start with: akt-node quickstart"})
final class AktNode extends SettingsCommand {

    @Option(
            names = "--role",
            paramLabel = "ROLE[,ROLE...]",
            description = "all, or some of generator, teacher, student, supervisor with commas.")
    private String role;

    @Option(
            names = "--join",
            split = ",",
            paramLabel = "K",
            description = "With --role=student: students of these bits join the running training.")
    private List<Integer> join;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Directory for checkpoints and results, of all and supervisor.")
    private Path out;

    @Option(
            names = "--insecure",
            arity = "0",
            description = "Run on an address other than loopback even without TLS.")
    private Boolean insecure;

    @Option(
            names = {"-V", "--version"},
            versionHelp = true,
            description = "Print the version.")
    private boolean version;

    private AktNode(Console console) {
        super(console);
    }

    static CommandLine commandLine(Console console) {
        CommandLine line = new CommandLine(new AktNode(console));
        line.addSubcommand("quickstart", new QuickstartCommand(console))
                .addSubcommand("quantize", new QuantizeCommand(console))
                .addSubcommand("evaluate", new EvaluateCommand(console))
                .addSubcommand("train-teacher", new TrainTeacherCommand(console))
                .addSubcommand(
                        "experiment",
                        new CommandLine(new ExperimentCommand())
                                .addSubcommand("gradients", new GradientsCommand(console)))
                .addSubcommand("bench", new BenchCommand(console))
                .addSubcommand("make-certificates", new MakeCertificatesCommand(console))
                .addSubcommand("doctor", new DoctorCommand(console));
        Errors errors = new Errors(console.errors());
        line.setParameterExceptionHandler(errors::usage);
        line.setExecutionExceptionHandler(errors::execution);
        return line;
    }

    @Override
    Flags flags() {
        return new Flags()
                .put("node.role", "--role", role)
                .put("node.join", "--join", join)
                .put("node.insecure", "--insecure", insecure)
                .put("out", "--out", out == null ? null : out.toString());
    }

    @Override
    Logging.Level logLevel() {
        return Logging.Level.NODE;
    }

    @Override
    int run(Settings settings) throws Exception {
        if (settings.akt().isDefault("node.role")) {
            console()
                    .errors()
                    .println(
                            "akt-node: no command given; try akt-node quickstart, or see akt-node"
                                    + " --help");
            return ExitCode.USAGE;
        }
        return new NodeRun(console(), settings).run();
    }
}
