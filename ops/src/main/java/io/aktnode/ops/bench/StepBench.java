package io.aktnode.ops.bench;

import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.kernel.MachinePeak;
import io.aktnode.ops.job.Runs;
import io.aktnode.ops.report.Terminal;
import io.aktnode.protocol.tensor.DataPlaneConfig;
import java.lang.management.ManagementFactory;
import java.time.Duration;
import java.util.Optional;
import java.util.stream.DoubleStream;

/**
 * Measures training steps through the system, in the plain loop before and after, and the machine.
 */
public final class StepBench {

    private static final Duration TRANSPORT_TIME = Duration.ofSeconds(1);
    private static final int CHANNELS = 3;

    private final Runs runs;
    private final DataPlaneConfig transport;
    private final Terminal terminal;
    private final Cancellation cancellation;

    /**
     * @param transport as the runs use it
     */
    public StepBench(
            Runs runs, DataPlaneConfig transport, Terminal terminal, Cancellation cancellation) {
        this.runs = runs;
        this.transport = transport;
        this.terminal = terminal;
        this.cancellation = cancellation;
    }

    /** Measures; empty if it was cancelled. */
    public Optional<BenchResult> measure(BenchSpec spec) throws InterruptedException {
        double load = ManagementFactory.getOperatingSystemMXBean().getSystemLoadAverage();
        PlainRun plain = new PlainRun(terminal, cancellation);
        Optional<double[]> before = plain.run(spec);
        Optional<SystemRun.Seen> seen =
                before.isEmpty()
                        ? Optional.empty()
                        : new SystemRun(runs, terminal, cancellation).run(spec);
        // Half before and half after: the compiler gets faster code ready for minutes, and the
        // machine's speed drifts.
        Optional<double[]> after = seen.isEmpty() ? Optional.empty() : plain.run(spec);
        if (after.isEmpty()) {
            return Optional.empty();
        }
        int batchBytes =
                Float.BYTES
                        * spec.training().batchSize()
                        * (imageLength(spec.teacher().architecture().size()) + 1);
        return Optional.of(
                new BenchResult(
                        spec,
                        seen.get().figures(),
                        Quantiles.of(
                                DoubleStream.concat(
                                                DoubleStream.of(before.get()),
                                                DoubleStream.of(after.get()))
                                        .toArray()),
                        Arithmetic.of(
                                spec.teacher().architecture(),
                                spec.training().generator().latent()),
                        peak(spec.cores()),
                        TransportBench.measure(
                                transport, Optional.empty(), batchBytes, TRANSPORT_TIME),
                        seen.get().memory(),
                        seen.get().interventions(),
                        load < 0 ? Double.NaN : load));
    }

    private static int imageLength(int size) {
        return size * size * CHANNELS;
    }

    private static MachinePeak peak(int cores) {
        try (ComputePool pool = new ComputePool(cores)) {
            return MachinePeak.measure(pool);
        }
    }
}
