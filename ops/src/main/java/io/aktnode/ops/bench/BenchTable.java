package io.aktnode.ops.bench;

import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.TrainingConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalLong;
import java.util.stream.Collectors;

/** What {@code akt-node bench} prints for people. */
public final class BenchTable {

    private static final String ROW = "  %-28s %9s %9s %9s %9s %8s";
    private static final double MS = 1e3;

    /** A batch at either end of the span may count for one side only. */
    private static final double NEARLY_ALL = 0.9;

    private static final double GIGA = 1e9;
    private static final double MEGA = 1e6;

    private BenchTable() {}

    /** What is about to be measured. */
    public static List<String> announcement(BenchSpec spec) {
        TrainingConfig training = spec.training();
        return List.of(
                format(
                        "%s (%s, %d classes) to %s by %s%s",
                        spec.teacher().name(),
                        spec.teacher().architecture().name(),
                        spec.teacher().architecture().classes(),
                        spec.students().stream()
                                .map(BenchTable::bits)
                                .collect(Collectors.joining(", ")),
                        training.method().base().label(),
                        training.method().akt() ? " with AKT" : ""),
                format(
                        "%d training steps of %d images counted, after %d that calibrate and %d that"
                                + " warm up; window %d, %d threads",
                        spec.steps(),
                        training.batchSize(),
                        BenchSpec.CALIBRATION_STEPS,
                        spec.warmUpSteps(),
                        spec.window(),
                        spec.cores()));
    }

    private static String bits(QuantizationConfig bits) {
        return bits.weightBits() == bits.activationBits()
                ? bits.weightBits() + " bits"
                : bits.weightBits()
                        + "-bit weights and "
                        + bits.activationBits()
                        + "-bit activations";
    }

    /** Its lines, without line ends. */
    public static List<String> lines(BenchResult result) {
        List<String> lines = new ArrayList<>();
        lines.add(row("", "median ms", "p95 ms", "calls", "GFLOP/s", "of peak"));
        phases(result, lines);
        StepFigures system = result.system();
        lines.add(
                row(
                        "step through the actors",
                        ms(system.step().median()),
                        ms(system.step().p95()),
                        Integer.toString(system.step().count()),
                        gflops(result.flopsPerSecond()),
                        share(result.flopsPerSecond() / result.peak().flopsPerSecond())));
        Quantiles plain = result.plain();
        double plainFlops = result.flopsPerStep() / plain.median();
        lines.add(
                row(
                        "step in the plain loop",
                        ms(plain.median()),
                        ms(plain.p95()),
                        Integer.toString(plain.count()),
                        gflops(plainFlops),
                        share(plainFlops / result.peak().flopsPerSecond())));
        lines.add("");
        lines.add(
                format(
                        "%.1f images/s; actors, Aeron, checkpoints and metrics take %.1f %% over the"
                                + " plain loop (a checkpoint %.1f ms, once in %d steps)",
                        result.imagesPerSecond(),
                        result.overheadPercent(),
                        MS * system.checkpoint(),
                        result.spec().checkpointEverySteps()));
        lines.add(
                format(
                        "%.2f GFLOP a step; peak %.0f GFLOP/s: %s",
                        result.flopsPerStep() / GIGA,
                        result.peak().flopsPerSecond() / GIGA,
                        result.peak().how()));
        lines.add(waiting(system));
        lines.add(
                format(
                        "%.2f MB a step between the roles; Aeron IPC alone moves %.2f GB/s in frames"
                                + " of %.2f MB",
                        system.bytesMoved() / MEGA,
                        result.transport().bytesPerSecond() / GIGA,
                        result.transport().frameBytes() / MEGA));
        lines.add(
                format(
                        "memory: %s resident, %s at most; %.0f MB in tensors, %.0f MB heap",
                        mb(result.memory().residentBytes()),
                        mb(result.memory().peakBytes()),
                        result.memory().tensorBytes() / MEGA,
                        result.memory().heapBytes() / MEGA));
        warnings(result, lines);
        return lines;
    }

    private static void phases(BenchResult result, List<String> lines) {
        for (Map.Entry<PhaseLog.Key, Quantiles> entry : result.system().phases().entrySet()) {
            Quantiles seconds = entry.getValue();
            double flops = result.flops(entry.getKey().phase()) / seconds.median();
            lines.add(
                    row(
                            entry.getKey().role()
                                    + " "
                                    + entry.getKey().phase().label().replace('_', ' '),
                            ms(seconds.median()),
                            ms(seconds.p95()),
                            Integer.toString(seconds.count()),
                            flops > 0 ? gflops(flops) : "",
                            flops > 0 ? share(flops / result.peak().flopsPerSecond()) : ""));
        }
    }

    private static String waiting(StepFigures system) {
        StringBuilder text =
                new StringBuilder(
                        format(
                                "lost waiting: %.2f ms a step in which no role computes (%s)",
                                MS * system.idle(), share(system.idle() / system.step().mean())));
        system.busy()
                .forEach(
                        (role, busy) ->
                                text.append(
                                        format(
                                                "; %s waits %.1f ms",
                                                role, MS * (system.step().mean() - busy))));
        return text.toString();
    }

    private static void warnings(BenchResult result, List<String> lines) {
        if (!result.interventions().isEmpty()) {
            lines.add(
                    "not a fair measurement: the supervisor intervened "
                            + result.interventions().size()
                            + " times, first because "
                            + result.interventions().get(0).reason());
        }
        result.trainedShares()
                .forEach(
                        (student, share) -> {
                            if (share < NEARLY_ALL) {
                                lines.add(
                                        format(
                                                "%s trained on %.0f %% of the batches and skipped the"
                                                        + " others",
                                                student, 100 * share));
                            }
                        });
        if (result.busy()) {
            lines.add(
                    format(
                            "not a quiet machine: its load was %.1f on %d threads before anything"
                                    + " was measured",
                            result.load(), result.spec().cores()));
        }
    }

    private static String row(String... cells) {
        return String.format(Locale.ROOT, ROW, (Object[]) cells).stripTrailing();
    }

    private static String ms(double seconds) {
        return format("%.2f", MS * seconds);
    }

    private static String gflops(double flopsPerSecond) {
        return format("%.1f", flopsPerSecond / GIGA);
    }

    private static String share(double share) {
        return format("%.1f %%", 100 * share);
    }

    private static String mb(OptionalLong bytes) {
        return bytes.isPresent() ? format("%.0f MB", bytes.getAsLong() / MEGA) : "unknown";
    }

    private static String format(String pattern, Object... values) {
        return String.format(Locale.ROOT, pattern, values);
    }
}
