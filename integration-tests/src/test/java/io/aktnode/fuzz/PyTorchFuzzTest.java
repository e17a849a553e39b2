package io.aktnode.fuzz;

import io.aktnode.nn.model.ModelFileException;
import io.aktnode.nn.model.ModelFiles;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.zip.Deflater;
import java.util.zip.ZipEntry;
import java.util.zip.ZipFile;
import java.util.zip.ZipOutputStream;

/** Teachers saved by {@code torch.save}: a zip archive with a pickle and storages. */
class PyTorchFuzzTest extends Fuzzing {

    private static final Path FILE = Scratch.directory().resolve("teacher.pth");

    /** Archives that PyTorch wrote, beside the tests of {@code nn}. */
    private static final List<byte[]> ARCHIVES = archives();

    /** So many of them are zip archives; the last is PyTorch's older format. */
    private static final int ZIPS = 2;

    private static final String PICKLE = "data.pkl";

    PyTorchFuzzTest() {
        super(
                samples(),
                words(
                        "}",
                        "]",
                        ")",
                        "(",
                        "t",
                        "\u0085",
                        "\u0086",
                        "\u0087",
                        "2",
                        "0",
                        "1",
                        "a",
                        "e",
                        "s",
                        "u",
                        "b",
                        "R",
                        "Q",
                        "N",
                        ".",
                        "\u0081",
                        "\u0094",
                        "h\0",
                        "q\0",
                        "r\u00ff\u00ff\u00ff\u007f",
                        "j\u00ff\u00ff\u00ff\u007f",
                        "J\u00ff\u00ff\u00ff\u007f",
                        "\u008a\u0008\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f",
                        "\u008a\u00ff",
                        "X\u00ff\u00ff\u00ff\u007f",
                        "B\u00ff\u00ff\u00ff\u007f",
                        "\u008d\u00ff\u00ff\u00ff\u007f\0\0\0\0",
                        "\u008e\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f",
                        "\u0095\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u00ff\u007f",
                        "cposix\nsystem\n",
                        "cbuiltins\neval\n",
                        "ctorch\nDoubleStorage\n",
                        "ctorch\nByteStorage\n",
                        "ctorch._utils\n_rebuild_tensor_v2\n",
                        "ccollections\nOrderedDict\n",
                        "G\u007f\u00f0\0\0\0\0\0\0",
                        "PK\u0001\u0002",
                        "PK\u0003\u0004",
                        "PK\u0005\u0006",
                        "PK\u0006\u0006",
                        "PK\u0006\u0007"),
                // A pickle's one-byte instructions make maps.
                1 << 20,
                400);
    }

    private static List<byte[]> samples() {
        List<byte[]> samples = new ArrayList<>(ARCHIVES);
        ARCHIVES.subList(0, ZIPS).forEach(archive -> samples.add(entries(archive).get(PICKLE)));
        return samples;
    }

    private static List<byte[]> archives() {
        Path models =
                Path.of(
                        System.getProperty("akt.home"),
                        "nn/src/test/resources/io/aktnode/nn/model");
        return List.of(
                content(models.resolve("wrapped.pth")),
                content(models.resolve("module.pth")),
                content(models.resolve("legacy.pth")));
    }

    /** By name, without the archive's own. */
    private static Map<String, byte[]> entries(byte[] archive) {
        Map<String, byte[]> entries = new LinkedHashMap<>();
        write(FILE, archive);
        try (ZipFile zip = new ZipFile(FILE.toFile())) {
            for (ZipEntry entry : Collections.list(zip.entries())) {
                String name = entry.getName();
                entries.put(
                        name.substring(name.indexOf('/') + 1),
                        zip.getInputStream(entry).readAllBytes());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return entries;
    }

    /** A damaged pickle goes into an archive that is whole; a damaged archive stays as it is. */
    @Override
    byte[] prepare(Input input) {
        byte[] bytes = input.bytes();
        if (input.sample() >= ARCHIVES.size()) {
            bytes = withPickle(ARCHIVES.get(input.sample() - ARCHIVES.size()), bytes, input.fit());
        }
        write(FILE, bytes);
        return bytes;
    }

    private static byte[] withPickle(byte[] archive, byte[] pickle, boolean deflated) {
        Map<String, byte[]> entries = entries(archive);
        entries.put(PICKLE, pickle);
        ByteArrayOutputStream bytes = new ByteArrayOutputStream();
        try (ZipOutputStream zip = new ZipOutputStream(bytes)) {
            zip.setLevel(deflated ? Deflater.BEST_SPEED : Deflater.NO_COMPRESSION);
            for (Map.Entry<String, byte[]> entry : entries.entrySet()) {
                zip.putNextEntry(new ZipEntry("archive/" + entry.getKey()));
                zip.write(entry.getValue());
            }
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
        return bytes.toByteArray();
    }

    @Override
    void read(byte[] bytes) {
        try {
            ModelFiles.read(FILE);
        } catch (ModelFileException refused) {
            // As it should be.
        }
    }
}
