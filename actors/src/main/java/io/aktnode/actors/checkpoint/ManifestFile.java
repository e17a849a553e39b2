package io.aktnode.actors.checkpoint;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.json.JsonMapper;
import io.aktnode.nn.model.DurableFiles;
import io.aktnode.nn.model.ModelFileException;
import io.aktnode.nn.model.Safetensors;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Pattern;

/**
 * A checkpoint's {@code manifest.json}, and {@code SHA256SUMS} with the hashes of all its files,
 * the manifest's too, as {@code sha256sum -c} reads them. Trusts nothing it reads. Any thread.
 */
final class ManifestFile {

    static final String NAME = "manifest.json";
    static final String SUMS = Checkpoint.SUMS;

    private static final String SEPARATOR = "  ";

    /** Far more than a run has roles. */
    private static final int MAX_FILES = 1000;

    /** A run of weeks writes some megabytes of interventions at most. */
    private static final long MAX_BYTES = 64L << 20;

    /** A plain name: a damaged or foreign manifest must not lead anywhere else. */
    private static final Pattern FILE_NAME = Pattern.compile("[A-Za-z0-9][A-Za-z0-9._-]{0,99}");

    private static final Pattern SHA256 = Pattern.compile("[0-9a-f]{64}");

    private static final ObjectMapper JSON =
            JsonMapper.builder()
                    .enable(SerializationFeature.INDENT_OUTPUT)
                    .disable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .build();

    private ManifestFile() {}

    /** Writes and flushes both files, then the directory. */
    static void write(Path checkpoint, Manifest manifest) throws IOException {
        byte[] json = JSON.writeValueAsString(manifest).getBytes(StandardCharsets.UTF_8);
        DurableFiles.replace(checkpoint.resolve(NAME), json);
        String sums = sums(Safetensors.sha256(checkpoint.resolve(NAME)), manifest);
        DurableFiles.replace(checkpoint.resolve(SUMS), sums.getBytes(StandardCharsets.US_ASCII));
        DurableFiles.forceDirectory(checkpoint);
    }

    private static String sums(String manifestHash, Manifest manifest) {
        Map<String, String> hashes = new TreeMap<>(manifest.files());
        hashes.put(NAME, manifestHash);
        StringBuilder lines = new StringBuilder();
        hashes.forEach(
                (name, hash) -> lines.append(hash).append(SEPARATOR).append(name).append('\n'));
        return lines.toString();
    }

    /**
     * The files, by name, and hashes that a {@link #SUMS} of another process names.
     *
     * @throws CheckpointException if it is none, or names a file no checkpoint has
     */
    static Map<String, String> parseSums(String sums) {
        Map<String, String> hashes = new TreeMap<>();
        for (String line : sums.split("\n")) {
            String[] parts = line.split(SEPARATOR, 2);
            String name = parts.length == 2 ? parts[1] : "";
            if (!plain(name, parts[0]) || name.equals(SUMS) || hashes.size() == MAX_FILES) {
                throw new CheckpointException("its " + SUMS + " names a file no checkpoint has");
            }
            hashes.put(name, parts[0]);
        }
        return hashes;
    }

    private static boolean plain(String name, String sha256) {
        return plain(name) && sha256 != null && SHA256.matcher(sha256).matches();
    }

    /** Whether a file of a checkpoint may be called so. */
    static boolean plain(String name) {
        return FILE_NAME.matcher(name).matches();
    }

    /**
     * What the manifest says; the other files are not looked at.
     *
     * @param step that the checkpoint's directory is named after
     * @throws CheckpointException if it is not as it was written
     */
    static Manifest read(Path checkpoint, long step) {
        Manifest manifest;
        String sums;
        String hash;
        try {
            byte[] json = content(checkpoint, NAME);
            sums = new String(content(checkpoint, SUMS), StandardCharsets.US_ASCII);
            hash = Safetensors.sha256(checkpoint.resolve(NAME));
            manifest = JSON.readValue(json, Manifest.class);
        } catch (JsonProcessingException e) {
            throw damaged(checkpoint, NAME + " is no manifest", e);
        } catch (IOException | ModelFileException e) {
            throw damaged(checkpoint, "it cannot be read (" + e + ")", e);
        }
        if (manifest == null || manifest.files().isEmpty()) {
            throw damaged(checkpoint, NAME + " names no files", null);
        }
        if (manifest.format() != Manifest.FORMAT) {
            throw new CheckpointException(
                    checkpoint
                            + " has format "
                            + manifest.format()
                            + ", this version reads "
                            + Manifest.FORMAT);
        }
        manifest.files().forEach((name, sha256) -> requirePlain(checkpoint, name, sha256));
        if (!sums.equals(sums(hash, manifest))) {
            throw damaged(
                    checkpoint,
                    NAME + " or " + SUMS + " is not as it was written (see sha256sum -c)",
                    null);
        }
        if (manifest.step() != step) {
            throw damaged(checkpoint, NAME + " is that of step " + manifest.step(), null);
        }
        return manifest;
    }

    private static byte[] content(Path checkpoint, String name) throws IOException {
        Path file = checkpoint.resolve(name);
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw new IOException(Files.exists(file) ? name + " is no file" : "no " + name);
        }
        if (Files.size(file) > MAX_BYTES) {
            throw new IOException(
                    name + " has " + Files.size(file) + " bytes, at most " + MAX_BYTES);
        }
        return Files.readAllBytes(file);
    }

    private static void requirePlain(Path checkpoint, String name, String sha256) {
        if (!plain(name, sha256)) {
            throw damaged(checkpoint, NAME + " names a file no checkpoint has", null);
        }
    }

    /**
     * Whether the files are those the manifest names, byte for byte, states with finite numbers
     * only.
     *
     * @throws CheckpointException if not
     */
    static void verify(Path checkpoint, Manifest manifest) {
        manifest.files()
                .forEach(
                        (name, hash) -> {
                            Path file = checkpoint.resolve(name);
                            try {
                                requireHash(checkpoint, file, hash);
                                if (StateFiles.isState(name)) {
                                    StateFiles.read(file);
                                }
                            } catch (ModelFileException e) {
                                throw damaged(checkpoint, e.getMessage(), e);
                            }
                        });
    }

    private static void requireHash(Path checkpoint, Path file, String hash) {
        if (!Files.isRegularFile(file, LinkOption.NOFOLLOW_LINKS)) {
            throw damaged(checkpoint, file.getFileName() + " is missing or no file", null);
        }
        String actual = Safetensors.sha256(file);
        if (!actual.equals(hash)) {
            throw damaged(
                    checkpoint,
                    file.getFileName() + " has SHA-256 " + actual + ", the manifest says " + hash,
                    null);
        }
    }

    private static CheckpointException damaged(Path checkpoint, String how, Throwable cause) {
        return new CheckpointException(checkpoint + " is damaged: " + how, cause);
    }
}
