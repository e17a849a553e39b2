package io.aktnode.it.campaign;

import java.util.List;

/**
 * One row of the campaign.
 *
 * @param faults those that occur, drawn from in turn
 * @param times how many of them occur, at steps drawn from the campaign's seed
 * @param expectation how it may end
 * @param intervals the most checkpoint intervals a single fault may set the training back by
 * @param storage where the training writes
 */
record Scenario(
        String name,
        Job job,
        List<Fault> faults,
        int times,
        Expectation expectation,
        int intervals,
        Storage.Kind storage) {

    enum Expectation {
        /** The training completes, as good as undisturbed. */
        GOES_ON,
        /** It does that, or it ends with a sentence that says why. */
        MAY_STOP
    }

    Scenario {
        faults = List.copyOf(faults);
    }

    static Scenario of(Job job, int times, Fault... faults) {
        return new Scenario(
                faults[0].name(),
                job,
                List.of(faults),
                times,
                Expectation.GOES_ON,
                1,
                Storage.Kind.PLAIN);
    }

    /** Nothing occurs: whatever is wrong is in the job. */
    static Scenario undisturbed(String name, Job job) {
        return new Scenario(name, job, List.of(), 0, Expectation.GOES_ON, 1, Storage.Kind.PLAIN);
    }

    Scenario named(String other) {
        return new Scenario(other, job, faults, times, expectation, intervals, storage);
    }

    Scenario mayStop() {
        return new Scenario(name, job, faults, times, Expectation.MAY_STOP, intervals, storage);
    }

    Scenario losingUpTo(int checkpointIntervals) {
        return new Scenario(name, job, faults, times, expectation, checkpointIntervals, storage);
    }

    Scenario on(Storage.Kind kind) {
        return new Scenario(name, job, faults, times, expectation, intervals, kind);
    }
}
