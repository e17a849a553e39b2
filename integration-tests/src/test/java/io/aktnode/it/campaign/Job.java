package io.aktnode.it.campaign;

import java.util.List;
import java.util.Map;

/**
 * What is trained, and by whom.
 *
 * @param layout the roles of each host's process
 * @param epochs of {@link #STEPS_PER_EPOCH} steps, the first of them calibrating
 * @param settings more of them, in HOCON, inside {@code akt}; they win
 * @param ownSettings the same for single roles: {@code role → settings}
 * @param ahead seconds by which single roles' clocks are ahead
 */
record Job(
        List<String> layout,
        long seed,
        int epochs,
        int checkpointEvery,
        String settings,
        Map<String, String> ownSettings,
        Map<String, Long> ahead) {

    /**
     * Rounded, the embedded teacher has 89.3 % at this width, trained about 93. Trainings that
     * differ by their noise alone end within a point of each other; at 3 bits within three, and
     * whether a fault has cost a point could not be told.
     */
    static final int BITS = 4;

    static final int STEPS_PER_EPOCH = 40;
    static final List<String> ONE_PROCESS = List.of("all");

    /** With no settings of its own. */
    Job(List<String> layout, long seed, int epochs, int checkpointEvery) {
        this(layout, seed, epochs, checkpointEvery, "", Map.of(), Map.of());
    }

    static Job of(List<String> layout, long seed) {
        return new Job(layout, seed, 4, 20);
    }

    Job withSettings(String more) {
        return new Job(
                layout, seed, epochs, checkpointEvery, settings + "\n" + more, ownSettings, ahead);
    }

    Job withOwn(String role, String more) {
        return new Job(layout, seed, epochs, checkpointEvery, settings, Map.of(role, more), ahead);
    }

    Job withClock(String role, long seconds) {
        return new Job(
                layout,
                seed,
                epochs,
                checkpointEvery,
                settings,
                ownSettings,
                Map.of(role, seconds));
    }

    Job withSeed(long other) {
        return new Job(layout, other, epochs, checkpointEvery, settings, ownSettings, ahead);
    }

    Job withEpochs(int count) {
        return new Job(layout, seed, count, checkpointEvery, settings, ownSettings, ahead);
    }

    long steps() {
        return (long) epochs * STEPS_PER_EPOCH;
    }
}
