package io.aktnode.it.campaign;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;

/** Students of other widths that join a training and leave it. */
final class Visits {

    /** How many come, and go, at a time: as many as a process brings. */
    static final int AT_ONCE = 2;

    private static final Duration PATIENCE = Duration.ofMinutes(3);
    private static final List<List<Integer>> WIDTHS =
            List.of(List.of(3, 5), List.of(6, 8), List.of(2, 7));

    private Visits() {}

    /** Two join; if two were there before, they are killed, or told to end. */
    static Fault comeAndGo() {
        return ProcessFaults.of(
                "students join and leave",
                (training, random) -> {
                    Path journal = training.out().resolve("journal.jsonl");
                    int before = joined(journal);
                    training.invite(WIDTHS.get(before / AT_ONCE % WIDTHS.size()));
                    long end = System.nanoTime() + PATIENCE.toNanos();
                    while (joined(journal) < before + AT_ONCE) {
                        if (training.over() || System.nanoTime() > end) {
                            throw new IllegalStateException("the students did not join");
                        }
                        Thread.sleep(50);
                    }
                    if (training.guests().size() > 1) {
                        training.dismiss(random.nextBoolean() ? "KILL" : "TERM");
                    }
                });
    }

    private static int joined(Path journal) throws IOException {
        try {
            return (int)
                    Files.readAllLines(journal).stream()
                            .filter(line -> line.contains("guest-joined"))
                            .count();
        } catch (NoSuchFileException e) {
            return 0;
        }
    }
}
