package io.aktnode.actors.supervisor;

import com.fasterxml.jackson.databind.JsonNode;
import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.run.Quarantined;
import java.io.IOException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What earlier processes of a run decided after the checkpoint it goes on from. Without it the same
 * noise would lead to the same trouble once more, and a student that was put aside would be back.
 *
 * @param noiseEpoch the last that was begun; 0 if none was
 * @param putAside students by role, as in {@link io.aktnode.actors.run.Intervention}
 */
public record PastDecisions(int noiseEpoch, Map<String, Quarantined> putAside) {

    private static final Logger log = LoggerFactory.getLogger(PastDecisions.class);

    public static final PastDecisions NONE = new PastDecisions(0, Map.of());

    public PastDecisions {
        putAside = Map.copyOf(putAside);
    }

    /**
     * Reads the run's journal; nothing is known where that does not tell of the checkpoint, as when
     * it was written on another machine.
     *
     * @param directory of the run
     */
    public static PastDecisions since(Checkpoint checkpoint, Path directory) {
        Path file = directory.resolve(Journal.FILE);
        try {
            List<JsonNode> events = Journal.events(file);
            for (int i = events.size() - 1; i >= 0; i--) {
                if (tellsOf(checkpoint, events.get(i))) {
                    return in(events.subList(i + 1, events.size()));
                }
            }
        } catch (IOException e) {
            log.warn(
                    "{} cannot be read ({}); decisions since {} are not known",
                    file,
                    e.toString(),
                    checkpoint.directory());
        }
        return NONE;
    }

    private static boolean tellsOf(Checkpoint checkpoint, JsonNode event) {
        return event.path("event").asText().equals("checkpoint")
                && event.path("step").asLong() == checkpoint.step()
                && event.path("incarnation").asInt() == checkpoint.manifest().incarnation();
    }

    private static PastDecisions in(List<JsonNode> events) {
        int noiseEpoch = 0;
        Map<String, Quarantined> putAside = new HashMap<>();
        for (JsonNode event : events) {
            switch (event.path("event").asText()) {
                case RunRecord.INCARNATION ->
                        noiseEpoch =
                                Math.max(noiseEpoch, event.path(RunRecord.NOISE_EPOCH).asInt());
                case RunRecord.INTERVENTION -> {
                    if (event.path("action").asText().equals("quarantine")) {
                        putAside.put(
                                event.path("role").asText(),
                                new Quarantined(
                                        event.path("step").asLong(),
                                        event.path("reason").asText()));
                    }
                }
                default -> {
                    // Nothing else outlives the process that decided it.
                }
            }
        }
        return new PastDecisions(noiseEpoch, putAside);
    }
}
