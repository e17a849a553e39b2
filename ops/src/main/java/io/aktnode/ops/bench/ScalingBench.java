package io.aktnode.ops.bench;

import io.aktnode.ops.job.Runs;
import io.aktnode.ops.report.Terminal;
import java.time.Duration;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.function.LongSupplier;

/**
 * Step time as the work grows, one case after the other through the whole system on untrained
 * networks; what does not fit into the time or the memory is left out.
 */
public final class ScalingBench {

    private static final int DEPTH = 20;
    private static final int FEWEST_STEPS = 5;
    private static final int MOST_IMAGES = 2000;

    /** What a run needs beside its tensors: Aeron's logs, oneDNN's scratch memory, the heap. */
    private static final double MEMORY_FACTOR = 1.3;

    private final Runs runs;
    private final Terminal terminal;
    private final Cancellation cancellation;
    private final LongSupplier nanoTime;
    private final Map<ScalingCase, ScalingPoint> known = new HashMap<>();

    /**
     * @param nanoTime monotonic, ns
     */
    public ScalingBench(
            Runs runs, Terminal terminal, Cancellation cancellation, LongSupplier nanoTime) {
        this.runs = runs;
        this.terminal = terminal;
        this.cancellation = cancellation;
        this.nanoTime = nanoTime;
    }

    /**
     * Measures all cases; says each result and what is left out.
     *
     * @param base what stays as it is; its batch is that of the sweeps over something else
     * @param time after which no case begins
     * @return empty if it was cancelled
     */
    public Optional<ScalingResult> measure(BenchSpec base, Duration time)
            throws InterruptedException {
        long endNs = nanoTime.getAsLong() + time.toNanos();
        ScalingCase middle = new ScalingCase(base.training().batchSize(), DEPTH, 1);
        Map<ScalingCase.Sweep, List<ScalingPoint>> sweeps = new EnumMap<>(ScalingCase.Sweep.class);
        for (ScalingCase.Sweep sweep : ScalingCase.Sweep.values()) {
            List<ScalingPoint> points = new ArrayList<>();
            for (ScalingCase work : sweep.cases(middle)) {
                if (!known.containsKey(work)) {
                    measure(base, work, endNs);
                }
                if (cancellation.asked()) {
                    return Optional.empty();
                }
                if (known.containsKey(work)) {
                    points.add(known.get(work));
                }
            }
            sweeps.put(sweep, points);
        }
        return Optional.of(new ScalingResult(sweeps));
    }

    private void measure(BenchSpec base, ScalingCase work, long endNs) throws InterruptedException {
        if (nanoTime.getAsLong() - endNs >= 0) {
            terminal.line(work + ": left out, the time is over");
        } else if (!fits(work)) {
            terminal.line(work + ": left out, it needs more memory than there is");
        } else {
            Optional<SystemRun.Seen> seen =
                    new SystemRun(runs, terminal, cancellation).run(spec(base, work));
            seen.ifPresent(
                    found -> {
                        ScalingPoint point =
                                new ScalingPoint(work, found.figures().step(), found.memory());
                        known.put(work, point);
                        terminal.line(
                                String.format(
                                        Locale.ROOT,
                                        "%s: %.1f ms a step, p95 %.1f, %.1f images/s",
                                        work,
                                        point.step().median() * 1e3,
                                        point.step().p95() * 1e3,
                                        point.imagesPerSecond()));
                    });
        }
    }

    private static BenchSpec spec(BenchSpec base, ScalingCase work) {
        return new BenchSpec(
                BenchSettings.untrained(
                        "resnet" + work.depth(),
                        base.teacher().architecture().classes(),
                        base.teacher().architecture().size()),
                base.training().withBatchSize(work.batch()).withQuantization(work.bits().get(0)),
                work.bits().subList(1, work.students()),
                base.window(),
                base.cores(),
                BenchSpec.warmUpSteps(work.batch(), base.window()),
                Math.min(base.steps(), Math.max(FEWEST_STEPS, MOST_IMAGES / work.batch())),
                base.checkpointEverySteps());
    }

    /**
     * By the least tensor memory for the work seen so far: a small case holds much that does not
     * grow.
     */
    private boolean fits(ScalingCase work) {
        double bytes =
                known.values().stream()
                        .mapToDouble(point -> point.memory().tensorBytes() / point.work().size())
                        .min()
                        .orElse(0);
        OptionalLong resident = ProcessMemory.read().residentBytes();
        OptionalLong available = ProcessMemory.availableBytes();
        return available.isEmpty()
                || resident.isEmpty()
                || MEMORY_FACTOR * bytes * work.size()
                        < available.getAsLong() + resident.getAsLong();
    }
}
