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
 * @param recoveries from the end of each fault to the first step beyond those before it
 * @param top1 in percent, if it completed
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
