package io.aktnode.ops.cli;

import io.aktnode.ops.bench.BenchJson;
import io.aktnode.ops.bench.BenchResult;
import io.aktnode.ops.bench.BenchSettings;
import io.aktnode.ops.bench.BenchSpec;
import io.aktnode.ops.bench.BenchTable;
import io.aktnode.ops.bench.Cancellation;
import io.aktnode.ops.bench.StepBench;
import io.aktnode.ops.bench.TransportBench;
import io.aktnode.ops.bench.TransportTable;
import io.aktnode.ops.config.RunSettings;
import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.SettingsException;
import io.aktnode.ops.config.SettingsReader;
import io.aktnode.ops.job.LocalRuns;
import io.aktnode.ops.report.Terminal;
import io.aktnode.protocol.tensor.DataPlaneConfig;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Measures the system on this machine. */
@Command(
        name = "bench",
        sortOptions = false,
        description = {
            "Measure this machine: training steps by role and phase, against the plain loop and the"
                    + " cores' peak.",
            "Without --teacher on the embedded one, with --arch alone on an untrained network."
        },
        footer = {
            "",
            "Examples: akt-node bench --batch 200 --json",
            "          akt-node bench --transport --bytes 3500000"
        })
final class BenchCommand extends SettingsCommand {

    @Option(names = "--batch", paramLabel = "N", description = "Images in a batch (default 16).")
    private Integer batch;

    @Option(
            names = "--bits",
            paramLabel = "K",
            description = "Bits of weights and activations, 2 to 8 (default 3).")
    private Integer bits;

    @Option(
            names = "--method",
            paramLabel = "gdfq|adadfq",
            description = "Base method (default adadfq).")
    private String method;

    @Option(names = "--no-akt", description = "The base method alone.")
    private boolean noAkt;

    @Option(
            names = "--window",
            paramLabel = "W",
            description = "Batches in flight (default 1, lockstep).")
    private Integer window;

    @Option(
            names = "--steps",
            paramLabel = "S",
            description = "Training steps that count (default 20).")
    private Integer steps;

    @Option(
            names = "--warm-up",
            paramLabel = "S",
            description = "Training steps before them (default: by the batch).")
    private Integer warmUp;

    @Option(
            names = "--teacher",
            paramLabel = "FILE",
            description = "PyTorch state_dict (zip format) or safetensors.")
    private Path teacher;

    @Option(
            names = "--arch",
            paramLabel = "NAME",
            description = "CIFAR ResNet of depth 6n+2, such as resnet20.")
    private String arch;

    @Option(names = "--classes", paramLabel = "N", description = "Number of classes.")
    private Integer classes;

    @Option(names = "--image-size", paramLabel = "PIXELS", description = "Height and width.")
    private Integer imageSize;

    @Option(names = "--cores", paramLabel = "N", description = "Compute threads (default: all).")
    private Integer cores;

    @Option(
            names = "--transport",
            description = "Aeron alone: IPC and UDP over loopback; no training.")
    private boolean transport;

    @Option(
            names = "--bytes",
            paramLabel = "N",
            description = "Tensor bytes of a frame of --transport (default 3500000).")
    private Integer bytes;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description = "How long --transport measures each channel (default 5).")
    private Double seconds;

    @Option(names = "--json", description = "One line of JSON, last.")
    private boolean json;

    BenchCommand(Console console) {
        super(console);
    }

    @Override
    Flags flags() {
        return new Flags()
                .put("batch", "--batch", batch)
                .put("quantization.bits", "--bits", bits)
                // --bits means both, also where a file sets them apart.
                .put("quantization.weight-bits", "--bits", bits)
                .put("quantization.activation-bits", "--bits", bits)
                .put("method.base", "--method", method)
                .put("method.akt", "--no-akt", noAkt ? Boolean.FALSE : null)
                .put("window", "--window", window)
                .put("bench.steps", "--steps", steps)
                .put("bench.warm-up-steps", "--warm-up", warmUp)
                .put("teacher.file", "--teacher", teacher == null ? null : teacher.toString())
                .put("teacher.arch", "--arch", arch)
                .put("teacher.classes", "--classes", classes)
                .put("teacher.image-size", "--image-size", imageSize)
                .put("cores", "--cores", cores)
                .put("bench.frame-length", "--bytes", bytes)
                .put("bench.transport-time", "--seconds", seconds == null ? null : seconds + "s");
    }

    @Override
    int run(Settings settings) throws Exception {
        SettingsReader akt = settings.akt();
        if (!transport && (bytes != null || seconds != null)) {
            throw new SettingsException(
                    (bytes != null ? "--bytes" : "--seconds")
                            + " says how to measure --transport; give both or neither");
        }
        DataPlaneConfig dataPlane = RunSettings.read(akt).dataPlane();
        if (transport) {
            return transport(dataPlane, BenchSettings.frameBytes(akt), akt);
        }
        Cancellation cancellation = new Cancellation();
        try (Stopping stop = new JvmStopping()) {
            stop.onStop(cancellation::cancel);
            return steps(settings, dataPlane, cancellation);
        }
    }

    private int transport(DataPlaneConfig dataPlane, int frameBytes, SettingsReader akt) {
        Duration time = BenchSettings.transportTime(akt);
        Terminal terminal = console().terminal();
        List<TransportBench.Figures> channels =
                List.of(
                        TransportBench.measure(
                                dataPlane.withChannel(TransportBench.IPC), frameBytes, time),
                        TransportBench.measure(
                                dataPlane.withChannel(TransportBench.LOOPBACK_UDP),
                                frameBytes,
                                time));
        TransportTable.lines(channels).forEach(terminal::line);
        if (json) {
            terminal.line(BenchJson.line(channels));
        }
        return ExitCode.OK;
    }

    private int steps(Settings settings, DataPlaneConfig dataPlane, Cancellation cancellation)
            throws InterruptedException {
        Terminal terminal = console().terminal();
        BenchSpec spec = BenchSettings.steps(settings.akt());
        BenchTable.announcement(spec).forEach(terminal::line);
        Optional<BenchResult> result =
                new StepBench(
                                new LocalRuns(settings, Optional.empty()),
                                dataPlane.withChannel(TransportBench.IPC),
                                terminal,
                                cancellation)
                        .measure(spec);
        if (result.isEmpty()) {
            terminal.line("stopped before the measurement was complete");
            return ExitCode.INTERRUPTED;
        }
        terminal.line("");
        BenchTable.lines(result.get()).forEach(terminal::line);
        if (json) {
            terminal.line(BenchJson.line(result.get()));
        }
        return ExitCode.OK;
    }
}
