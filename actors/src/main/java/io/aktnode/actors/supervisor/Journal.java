package io.aktnode.actors.supervisor;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aktnode.nn.model.DurableFiles;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.io.UncheckedIOException;
import java.nio.channels.FileChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
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

    /** Its name in the run's directory. */
    static final String FILE = "journal.jsonl";

    private static final ObjectMapper JSON = new ObjectMapper();

    /** An hour's budgets fill some hundred lines; a journal of weeks is not read whole. */
    private static final int END_BYTES = 1 << 20;

    private final Path file;
    private final InstantSource clock;
    private final FileChannel channel;

    /** Events that could not be written since the last that could. */
    private int missing;

    /**
     * @throws UncheckedIOException if the file cannot be opened
     */
    public Journal(Path directory, InstantSource clock) {
        this.file = directory.resolve(FILE);
        this.clock = clock;
        try {
            Files.createDirectories(directory);
            this.channel =
                    FileChannel.open(file, StandardOpenOption.CREATE, StandardOpenOption.APPEND);
        } catch (IOException e) {
            throw new UncheckedIOException("cannot open " + file, e);
        }
    }

    /** Writes {@code {"time": ..., "event": event, ...}} with the fields in their order. */
    void write(String event, Map<String, ?> fields) {
        Map<String, Object> line = new LinkedHashMap<>();
        line.put("time", clock.instant().toString());
        line.put("event", event);
        line.putAll(fields);
        try {
            DurableFiles.append(
                    channel,
                    (JSON.writeValueAsString(line) + "\n").getBytes(StandardCharsets.UTF_8));
            if (missing > 0) {
                log.warn("{} is written again; {} events are missing in it", file, missing);
                missing = 0;
            }
        } catch (JsonProcessingException e) {
            throw new IllegalArgumentException("event " + line + " cannot be written", e);
        } catch (IOException e) {
            if (missing++ == 0) {
                log.error("{} cannot be written; the run goes on without it until it can", file, e);
            }
        }
    }

    Path file() {
        return file;
    }

    /** The last lines of a journal. */
    static String end(Path file) throws IOException {
        try (RandomAccessFile in = new RandomAccessFile(file.toFile(), "r")) {
            int bytes = (int) Math.min(END_BYTES, in.length());
            byte[] end = new byte[bytes];
            in.seek(in.length() - bytes);
            in.readFully(end);
            String text = new String(end, StandardCharsets.UTF_8);
            // It begins within a line where it is not the whole.
            return bytes < in.length() ? text.substring(text.indexOf('\n') + 1) : text;
        }
    }

    /**
     * The events of the last lines, none if there is no journal; what is no event is passed over,
     * such as half a line.
     */
    static List<JsonNode> events(Path file) throws IOException {
        if (!Files.isRegularFile(file)) {
            return List.of();
        }
        List<JsonNode> events = new ArrayList<>();
        for (String line : end(file).split("\n")) {
            try {
                JsonNode event = JSON.readTree(line);
                if (event != null && event.path("event").isTextual()) {
                    events.add(event);
                }
            } catch (JsonProcessingException e) {
                // Cut off, or never ours.
            }
        }
        return events;
    }

    @Override
    public void close() {
        try {
            channel.close();
        } catch (IOException e) {
            log.warn("{} could not be closed", file, e);
        }
    }
}
