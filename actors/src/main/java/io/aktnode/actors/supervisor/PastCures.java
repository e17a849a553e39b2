package io.aktnode.actors.supervisor;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Reads from a run's journal which cures earlier processes used within the last hour. What a line
 * does not say plainly is passed over: a journal may end in the middle of one. Any thread.
 */
public final class PastCures {

    private static final Logger log = LoggerFactory.getLogger(PastCures.class);
    private static final Duration HOUR = Duration.ofHours(1);

    private PastCures() {}

    /**
     * @param directory of the run
     * @return the oldest first; empty if there is no journal, or none that can be read
     */
    public static List<PastCure> read(Path directory, Instant now) {
        Path file = directory.resolve(Journal.FILE);
        try {
            List<PastCure> cures = new ArrayList<>();
            for (JsonNode event : Journal.events(file)) {
                cure(event, now)
                        .filter(cure -> cure.age().compareTo(HOUR) < 0)
                        .ifPresent(cures::add);
            }
            cures.sort(Comparator.comparing(PastCure::age).reversed());
            return cures;
        } catch (IOException e) {
            log.warn("{} cannot be read ({}); the hour's budgets begin anew", file, e.toString());
            return List.of();
        }
    }

    private static Optional<PastCure> cure(JsonNode event, Instant now) {
        if (!event.path("event").asText().equals(RunRecord.INTERVENTION)) {
            return Optional.empty();
        }
        try {
            return Optional.of(
                    PastCure.of(
                            event.path("role").asText(),
                            event.path("action").asText(),
                            event.path("step").asLong(),
                            Instant.parse(event.path("time").asText()),
                            now));
        } catch (DateTimeException e) {
            return Optional.empty();
        }
    }
}
