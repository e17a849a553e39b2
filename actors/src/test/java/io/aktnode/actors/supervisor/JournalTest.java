package io.aktnode.actors.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JournalTest {

    @TempDir Path directory;

    @Test
    void writesALineForEachEventBehindThoseOfAnEarlierProcess() throws Exception {
        for (int process = 0; process < 2; process++) {
            try (Journal journal = new Journal(directory, () -> Instant.EPOCH)) {
                journal.write("start", Map.of("process", process));
            }
        }

        assertEquals(
                List.of(
                        "{\"time\":\"1970-01-01T00:00:00Z\",\"event\":\"start\",\"process\":0}",
                        "{\"time\":\"1970-01-01T00:00:00Z\",\"event\":\"start\",\"process\":1}"),
                Files.readAllLines(directory.resolve("journal.jsonl")));
    }
}
