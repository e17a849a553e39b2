package io.aktnode.it.campaign;

import java.time.Duration;
import java.util.List;
import java.util.OptionalDouble;

/**
 * How a training fared.
 *
 * @param injected how many faults occurred
 * @param end {@code went on}, or why not
 * @param mostLost steps a single fault set the training back by
 * @param mayLose how many it may
 * @param recoveries after each fault, until the next, the longest time without a new step
 * @param top1 in percent, if it completed
 * @param student hash of its file, empty if the training did not complete
 * @param statesRead files with weights that were read
 * @param complaints what should not have been
 */
record Outcome(
        String scenario,
        int injected,
        String end,
        long mostLost,
        long mayLose,
        List<Duration> recoveries,
        OptionalDouble top1,
        OptionalDouble undisturbed,
        String student,
        int statesRead,
        List<String> nonFinite,
        List<String> complaints) {

    static final String WENT_ON = "went on";

    Outcome {
        recoveries = List.copyOf(recoveries);
        nonFinite = List.copyOf(nonFinite);
        complaints = List.copyOf(complaints);
    }
}
