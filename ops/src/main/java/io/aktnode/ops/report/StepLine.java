package io.aktnode.ops.report;

import java.time.Duration;
import java.util.Locale;
import java.util.function.LongSupplier;
import java.util.function.Supplier;

/**
 * How far a loop of steps is: a live line on a terminal, a plain line every so often elsewhere. One
 * thread.
 */
public final class StepLine {

    private static final long REDRAW_NS = Duration.ofMillis(100).toNanos();
    private static final double RATE_MEMORY = 0.95;

    private final Terminal terminal;
    private final int epochs;
    private final int stepsPerEpoch;
    private final LongSupplier nanoTime;
    private final long everyNs;
    private long lastShownNs;
    private long lastStepNs;
    private long lastStep = -1;
    private double secondsPerStep = Double.NaN;

    /**
     * @param every time between two plain lines
     * @param nanoTime monotonic clock
     */
    public StepLine(
            Terminal terminal,
            int epochs,
            int stepsPerEpoch,
            Duration every,
            LongSupplier nanoTime) {
        this.terminal = terminal;
        this.epochs = epochs;
        this.stepsPerEpoch = stepsPerEpoch;
        this.nanoTime = nanoTime;
        this.everyNs = terminal.interactive() ? REDRAW_NS : every.toNanos();
        this.lastShownNs = nanoTime.getAsLong();
        this.lastStepNs = lastShownNs;
    }

    /**
     * A step has ended.
     *
     * @param step from 0
     * @param details what else to say, asked for only when the line is shown
     */
    public void show(long step, Supplier<String> details) {
        long now = nanoTime.getAsLong();
        measure(step, now);
        if (now - lastShownNs < everyNs) {
            return;
        }
        lastShownNs = now;
        String text = position(step) + "  " + details.get();
        if (terminal.interactive()) {
            terminal.live(text);
        } else {
            terminal.line(text);
        }
    }

    private void measure(long step, long now) {
        // The first step of this process may be any: a resumed run goes on where it was.
        if (lastStep >= 0 && step > lastStep) {
            double seconds = (now - lastStepNs) / 1e9 / (step - lastStep);
            secondsPerStep =
                    Double.isNaN(secondsPerStep)
                            ? seconds
                            : RATE_MEMORY * secondsPerStep + (1 - RATE_MEMORY) * seconds;
        }
        lastStep = step;
        lastStepNs = now;
    }

    private String position(long step) {
        long total = (long) epochs * stepsPerEpoch;
        long left = total - step - 1;
        return String.format(
                Locale.ROOT,
                "epoch %d/%d  step %d/%d  %s steps/s  %s left",
                step / stepsPerEpoch + 1,
                epochs,
                step + 1,
                total,
                Double.isNaN(secondsPerStep)
                        ? "?"
                        : String.format(Locale.ROOT, "%.1f", 1 / secondsPerStep),
                clock(left * secondsPerStep));
    }

    /** 75 s as 1:15, 3700 s as 1:01:40. */
    static String clock(double seconds) {
        if (!(seconds >= 0) || seconds > 1e7) {
            return "?";
        }
        long whole = Math.round(seconds);
        long hours = whole / 3600;
        String rest =
                String.format(
                        Locale.ROOT,
                        hours > 0 ? "%02d:%02d" : "%d:%02d",
                        whole / 60 % 60,
                        whole % 60);
        return hours > 0 ? hours + ":" + rest : rest;
    }
}
