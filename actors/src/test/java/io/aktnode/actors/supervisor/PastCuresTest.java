package io.aktnode.actors.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.atomic.AtomicReference;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class PastCuresTest {

    private static final Instant NOON = Instant.parse("2026-01-01T12:00:00Z");

    @TempDir private Path directory;

    private void cures(Map<Instant, String> actions) {
        AtomicReference<Instant> clock = new AtomicReference<>();
        try (Journal journal = new Journal(directory, clock::get)) {
            actions.forEach(
                    (time, action) -> {
                        clock.set(time);
                        journal.write(
                                "intervention",
                                Map.of("role", "student-1", "action", action, "step", 41));
                        journal.write("back", Map.of("detail", "to the start"));
                    });
        }
    }

    private static PastCure cure(String action, Duration age) {
        return new PastCure("student-1", action, 41, age);
    }

    @Test
    void findsTheLastHoursCuresOldestFirst() {
        cures(
                Map.of(
                        NOON.minusSeconds(3600), "rollback",
                        NOON.minusSeconds(3599), "restart",
                        NOON.minusSeconds(5), "skip"));

        assertEquals(
                List.of(
                        cure("restart", Duration.ofSeconds(3599)),
                        cure("skip", Duration.ofSeconds(5))),
                PastCures.read(directory, NOON));
    }

    @Test
    void takesACureOfAClockThatIsAheadForOneOfJustNow() {
        cures(Map.of(NOON.plusSeconds(3000), "rollback"));

        assertEquals(List.of(cure("rollback", Duration.ZERO)), PastCures.read(directory, NOON));
    }

    @Test
    void passesOverWhatIsNoEvent() throws IOException {
        cures(Map.of(NOON, "rollback"));
        Path file = directory.resolve("journal.jsonl");
        String line = Files.readAllLines(file).get(0);
        Files.writeString(
                file,
                String.join(
                        "\n",
                        "",
                        "null",
                        "[1]",
                        line.replace("2026", "never"),
                        line,
                        line.substring(0, line.length() / 2)));

        assertEquals(List.of(cure("rollback", Duration.ZERO)), PastCures.read(directory, NOON));
    }

    @Test
    void findsNoneWhereThereIsNoJournal() {
        assertEquals(List.of(), PastCures.read(directory, NOON));
    }

    @Test
    void readsOnlyTheEndOfALongJournal() throws IOException {
        cures(Map.of(NOON, "rollback"));
        Path file = directory.resolve("journal.jsonl");
        String last = Files.readString(file);
        String first = last.lines().findFirst().orElseThrow() + "\n";
        Files.writeString(file, first + "x".repeat(2 << 20) + "\n" + last);

        assertEquals(List.of(cure("rollback", Duration.ZERO)), PastCures.read(directory, NOON));
    }
}
