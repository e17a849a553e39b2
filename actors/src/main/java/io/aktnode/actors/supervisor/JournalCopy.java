package io.aktnode.actors.supervisor;

import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointException;
import io.aktnode.nn.model.DurableFiles;
import io.aktnode.nn.model.Safetensors;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The end of a run's journal in each of its checkpoints: who has only a copy of one of those knows
 * what was decided, and what the hour's budgets have left. One thread.
 */
public final class JournalCopy {

    private static final Logger log = LoggerFactory.getLogger(JournalCopy.class);

    private JournalCopy() {}

    /**
     * Adds it to a checkpoint that is being written; nothing if it cannot be read.
     *
     * @param files hashes by name
     * @throws CheckpointException if it cannot be written
     */
    static void carryOver(Journal journal, Path checkpoint, Map<String, String> files) {
        byte[] end;
        try {
            end = Journal.end(journal.file()).getBytes(StandardCharsets.UTF_8);
        } catch (IOException e) {
            log.warn("{} cannot be read; {} goes without it", journal.file(), checkpoint, e);
            return;
        }
        try {
            DurableFiles.replace(checkpoint.resolve(Journal.FILE), end);
        } catch (IOException e) {
            throw new CheckpointException(
                    "cannot copy " + journal.file() + " to " + checkpoint + " (" + e + ")", e);
        }
        files.put(Journal.FILE, Safetensors.sha256(ByteBuffer.wrap(end)));
    }

    /** Adds to a run's journal what only the checkpoint knows from which it goes on. */
    public static void restore(Checkpoint from, Path run) {
        if (!from.manifest().files().containsKey(Journal.FILE)) {
            return;
        }
        Path own = run.resolve(Journal.FILE);
        try {
            List<String> copied = Files.readAllLines(from.file(Journal.FILE));
            Set<String> known = Files.exists(own) ? among(copied, own) : Set.of();
            Files.write(
                    own,
                    copied.stream().filter(line -> !known.contains(line)).toList(),
                    StandardOpenOption.CREATE,
                    StandardOpenOption.APPEND);
        } catch (IOException | UncheckedIOException e) {
            log.warn("{} does not go on where {} ends", own, from.file(Journal.FILE), e);
        }
    }

    /** Those of the lines that a journal, which may be one of weeks, has. */
    private static Set<String> among(List<String> lines, Path journal) throws IOException {
        Set<String> wanted = new HashSet<>(lines);
        // Any byte is a character here: half a line, as a crash leaves it, stops nothing.
        try (Stream<String> own = Files.lines(journal, StandardCharsets.ISO_8859_1)) {
            return own.map(JournalCopy::utf8).filter(wanted::contains).collect(Collectors.toSet());
        }
    }

    private static String utf8(String bytes) {
        return new String(bytes.getBytes(StandardCharsets.ISO_8859_1), StandardCharsets.UTF_8);
    }
}
