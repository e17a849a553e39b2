package io.aktnode.actors.supervisor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.BufferedWriter;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What happened in a run, one JSON object in each line of {@code journal.jsonl}; every line is
 * flushed. A resumed run appends. A journal that cannot be written is no reason to end a run. One
 * thread.
 */
public final class Journal implements AutoCloseable {

    private static final Logger log = LoggerFactory.getLogger(Journal.class);
    private static final ObjectMapper JSON = new ObjectMapper();

    private final Path file;
    private final InstantSource clock;
    private final BufferedWriter writer;
    private boolean broken;

    /**
     * @throws UncheckedIOException if the file cannot be opened
     */
    public Journal(Path directory, InstantSource clock) {
        this.file = directory.resolve("journal.jsonl");
        this.clock = clock;
        try {
            Files.createDirectories(directory);
            this.writer =
                    Files.newBufferedWriter(
                            file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open " + file, e);
        }
    }

    /** Writes {@code {"time": ..., "event": event, ...}} with the fields in their order. */
    void write(String event, Map<String, ?> fields) {
        if (broken) {
            return;
        }
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", clock.instant().toString());
        line.put("event", event);
        line.putAll(fields);
        try {
            writer.write(JSON.writeValueAsString(line));
            writer.newLine();
            writer.flush();
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("event " + line + " cannot be written", e);
        } catch (IOException e) {
            broken = true;
            log.error("{} cannot be written any more; the run goes on without it", file, e);
        }
    }

    @Override
    public void close() {
        try {
            writer.close();
        } catch (IOException e) {
            log.warn("{} could not be closed", file, e);
        }
    }
}
