package io.aktnode.ops.cli;

import io.aktnode.ops.bench.Cancellation;
import io.aktnode.ops.config.Settings;
import io.aktnode.ops.experiment.GradientExperiment;
import io.aktnode.ops.job.Devices;
import io.aktnode.ops.job.LocalRuns;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Trains low-bit students with and without AKT and compares their gradients. */
@Command(
        name = "gradients",
        sortOptions = false,
        description = {
            "Does AKT calm the gradients, as its authors say? Trains students with and without it,"
                    + " the supervisor only reporting, and compares.",
            "Without --teacher on the embedded one. Finished runs are kept: --resume goes on."
        },
        footer = {
            "",
            "Writes gradients.md, gradients.png, summary.json, figures.csv, gradients.csv and a"
                    + " directory for each run.",
            "Example: akt-node experiment gradients --bits 2,3 --seeds 1,2,3 --out gradients"
        })
final class GradientsCommand extends SettingsCommand {

    @Option(
            names = "--bits",
            paramLabel = "K1,K2,…",
            split = ",",
            description = "Bits of weights and activations (default 2,3).")
    private List<Integer> bits;

    @Option(
            names = "--seeds",
            paramLabel = "S1,S2,…",
            split = ",",
            description = "Seeds each is trained from (default 1,2,3).")
    private List<Integer> seeds;

    @Option(
            names = "--teacher",
            paramLabel = "FILE",
            description = "PyTorch state_dict (zip format) or safetensors.")
    private Path teacher;

    @Mixin private ModelOptions model;

    @Option(
            names = "--method",
            paramLabel = "gdfq|adadfq",
            description = "Base method (default adadfq).")
    private String method;

    @Option(names = "--batch", paramLabel = "N", description = "Images in a batch (default 16).")
    private Integer batch;

    @Option(names = "--epochs", paramLabel = "N", description = "Epochs of a run (default 8).")
    private Integer epochs;

    @Option(
            names = "--steps-per-epoch",
            paramLabel = "N",
            description = "Batches in an epoch (default 150).")
    private Integer stepsPerEpoch;

    @Option(names = "--cores", paramLabel = "N", description = "Compute threads (default: all).")
    private Integer cores;

    @Option(names = "--out", paramLabel = "DIR", description = "Where everything goes.")
    private Path out;

    @Option(names = "--resume", description = "Go on with the experiment in --out.")
    private boolean resume;

    GradientsCommand(Console console) {
        super(console);
    }

    @Override
    Optional<String> defaults() {
        return Optional.of("experiment");
    }

    @Override
    Flags flags() {
        Flags flags =
                new Flags()
                        .put("experiment.bits", "--bits", bits)
                        .put("experiment.seeds", "--seeds", seeds)
                        .put("teacher.file", "--teacher", text(teacher));
        model.addTo(flags);
        return flags.put("method.base", "--method", method)
                .put("batch", "--batch", batch)
                .put("schedule.epochs", "--epochs", epochs)
                .put("schedule.steps-per-epoch", "--steps-per-epoch", stepsPerEpoch)
                .put("cores", "--cores", cores)
                .put("out", "--out", text(out))
                .put("resume", "--resume", resume ? Boolean.TRUE : null);
    }

    private static String text(Path path) {
        return path == null ? null : path.toString();
    }

    @Override
    int run(Settings settings) throws Exception {
        Devices.start(settings.akt(), console().terminal()::line);
        Cancellation cancellation = new Cancellation();
        try (Stopping stop = new JvmStopping()) {
            stop.onStop(cancellation::cancel);
            boolean complete =
                    new GradientExperiment(
                                    new LocalRuns(settings, Optional.empty()),
                                    console().terminal(),
                                    cancellation)
                            .run(settings);
            if (!complete) {
                console().terminal().line("stopped; the same command with --resume goes on");
            }
            return complete ? ExitCode.OK : ExitCode.INTERRUPTED;
        }
    }
}
