package io.aktnode.ops.cli;

import io.aktnode.ops.bench.BenchJson;
import io.aktnode.ops.bench.BenchResult;
import io.aktnode.ops.bench.BenchSettings;
import io.aktnode.ops.bench.BenchSpec;
import io.aktnode.ops.bench.BenchTable;
import io.aktnode.ops.bench.Cancellation;
import io.aktnode.ops.bench.ScalingBench;
import io.aktnode.ops.bench.ScalingResult;
import io.aktnode.ops.bench.StepBench;
import io.aktnode.ops.bench.TransportBench;
import io.aktnode.ops.bench.TransportTable;
import io.aktnode.ops.config.RunSettings;
import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.SettingsException;
import io.aktnode.ops.config.SettingsReader;
import io.aktnode.ops.job.Devices;
import io.aktnode.ops.job.LocalRuns;
import io.aktnode.ops.report.Terminal;
import io.aktnode.protocol.frame.FrameKey;
import io.aktnode.protocol.tensor.DataPlaneConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
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
            "          akt-node bench --transport --bytes 3500000",
            "          akt-node bench --scaling --out scaling"
        })
final class BenchCommand extends SettingsCommand {

    @Mixin private MethodOptions method;
    @Mixin private ArchitectureOptions architecture;

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
            names = "--transport",
            description =
                    "Aeron alone: IPC and UDP over loopback, plain and encrypted; no training.")
    private boolean transport;

    @Option(
            names = "--scaling",
            description = "Step time against batch, depth and students, as CSV and plot in --out.")
    private boolean scaling;

    @Option(names = "--out", paramLabel = "DIR", description = "Where --scaling writes.")
    private Path out;

    @Option(
            names = "--bytes",
            paramLabel = "N",
            description = "Tensor bytes of a frame of --transport (default 3500000).")
    private Integer bytes;

    @Option(
            names = "--seconds",
            paramLabel = "S",
            description =
                    "How long --transport measures each channel (default 5), or after which"
                            + " --scaling begins no further case (default 600).")
    private Double seconds;

    @Option(names = "--json", description = "One line of JSON, last.")
    private boolean json;

    BenchCommand(Console console) {
        super(console);
    }

    @Override
    Flags flags() {
        return training()
                .put("bench.frame-length", "--bytes", bytes)
                .put("out", "--out", out == null ? null : out.toString())
                .put(
                        scaling ? "bench.scaling-time" : "bench.transport-time",
                        "--seconds",
                        seconds == null ? null : seconds + "s");
    }

    /** What says how a training step is measured. */
    private Flags training() {
        Flags flags = new Flags();
        method.addTo(flags);
        architecture.addTo(flags);
        return flags.put("bench.steps", "--steps", steps)
                .put("bench.warm-up-steps", "--warm-up", warmUp)
                .put("teacher.file", "--teacher", teacher == null ? null : teacher.toString());
    }

    @Override
    int run(Settings settings) throws Exception {
        requireFitting();
        SettingsReader akt = settings.akt();
        DataPlaneConfig dataPlane = RunSettings.read(akt).dataPlane();
        if (transport) {
            return transport(dataPlane, akt);
        }
        Devices.start(akt, console().terminal()::line);
        Cancellation cancellation = new Cancellation();
        try (Stopping stop = new JvmStopping()) {
            stop.onStop(cancellation::cancel);
            boolean complete =
                    scaling
                            ? scaling(settings, cancellation)
                            : steps(settings, dataPlane, cancellation);
            if (!complete) {
                console().terminal().line("stopped before the measurement was complete");
            }
            return complete ? ExitCode.OK : ExitCode.INTERRUPTED;
        }
    }

    /** Options that say how to measure something that is not asked for are a mistake. */
    private void requireFitting() {
        if (transport && scaling) {
            throw new SettingsException("--transport and --scaling exclude each other; give one");
        }
        requireMode("--transport", transport, "--bytes", bytes);
        requireMode("--scaling", scaling, "--out", out);
        requireMode("--transport or --scaling", transport || scaling, "--seconds", seconds);
        refuse("--scaling", scaling, "its networks are untrained", "--teacher", teacher);
        refuse("--scaling", scaling, "it varies the depth", "--arch", architecture.arch());
        refuse("--scaling", scaling, "it varies the students", "--students", method.students());
        refuse("--scaling", scaling, "its first student has 3", "--bits", method.bits());
        refuse("--scaling", scaling, "each case has its own", "--warm-up", warmUp);
        refuse(
                "--students",
                method.students() != null,
                "it gives the bits of each",
                "--bits",
                method.bits());
        for (Settings.Flag flag : training().values().values()) {
            refuse("--transport", transport, "it trains nothing", flag.name(), flag.value());
        }
    }

    private static void requireMode(String mode, boolean on, String option, Object value) {
        if (value != null && !on) {
            throw new SettingsException(option + " belongs to " + mode + "; give both or neither");
        }
    }

    private static void refuse(String mode, boolean on, String why, String option, Object value) {
        if (value != null && on) {
            throw new SettingsException(
                    mode + " has no use for " + option + ", " + why + "; leave one of them out");
        }
    }

    private int transport(DataPlaneConfig dataPlane, SettingsReader akt) {
        int frameBytes = BenchSettings.frameBytes(akt);
        Duration time = BenchSettings.transportTime(akt);
        Terminal terminal = console().terminal();
        DataPlaneConfig udp = dataPlane.withChannel(TransportBench.LOOPBACK_UDP);
        Optional<FrameKey> plain = Optional.empty();
        Optional<FrameKey> key = Optional.of(FrameKey.draw(new SecureRandom()));
        List<TransportBench.Figures> channels =
                List.of(
                        TransportBench.measure(
                                dataPlane.withChannel(TransportBench.IPC), plain, frameBytes, time),
                        TransportBench.measure(udp, plain, frameBytes, time),
                        TransportBench.measure(udp, key, frameBytes, time));
        TransportTable.lines(channels).forEach(terminal::line);
        if (json) {
            terminal.line(BenchJson.line(channels));
        }
        return ExitCode.OK;
    }

    /** Whether it came to its end. */
    private boolean steps(Settings settings, DataPlaneConfig dataPlane, Cancellation cancellation)
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
        if (result.isPresent()) {
            terminal.line("");
            BenchTable.lines(result.get()).forEach(terminal::line);
            if (json) {
                terminal.line(BenchJson.line(result.get()));
            }
        }
        return result.isPresent();
    }

    /** Whether it came to its end. */
    private boolean scaling(Settings settings, Cancellation cancellation)
            throws IOException, InterruptedException {
        Terminal terminal = console().terminal();
        BenchSpec base = BenchSettings.steps(settings.akt());
        Duration time = BenchSettings.scalingTime(settings.akt());
        Path directory = BenchSettings.out(settings.akt());
        Optional<ScalingResult> result =
                new ScalingBench(
                                new LocalRuns(settings, Optional.empty()),
                                terminal,
                                cancellation,
                                System::nanoTime)
                        .measure(base, time);
        if (result.isPresent()) {
            result.get().write(directory);
            terminal.line("scaling.csv and scaling.png are in " + directory);
            if (json) {
                terminal.line(result.get().json());
            }
        }
        return result.isPresent();
    }
}
