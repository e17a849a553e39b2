package io.aktnode.nn.model;

import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.zip.CRC32;
import java.util.zip.ZipEntry;
import java.util.zip.ZipException;
import java.util.zip.ZipFile;

/**
 * The zip archive {@code torch.save} writes: {@code NAME/data.pkl} describes the objects, {@code
 * NAME/data/KEY} hold the storages. Every entry is read up to a stated size only and its checksum
 * compared. One thread; the owner closes it.
 */
final class TorchArchive implements AutoCloseable {

    private static final int MAX_PICKLE_BYTES = 1 << 24;
    private static final String PICKLE = "data.pkl";

    private final Path file;
    private final ZipFile zip;
    private final String root;

    private TorchArchive(Path file, ZipFile zip) {
        this.file = file;
        this.zip = zip;
        this.root = findRoot();
    }

    static TorchArchive open(Path file) throws IOException {
        try {
            ZipFile zip = new ZipFile(file.toFile());
            try {
                // Decodes the entries' names and comments.
                return new TorchArchive(file, zip);
            } catch (RuntimeException e) {
                zip.close();
                throw e;
            }
        } catch (ZipException | IllegalArgumentException e) {
            throw new ModelFileException(
                    file,
                    "begins like a zip archive but is not a whole one ("
                            + e.getMessage()
                            + "); it is cut off or damaged, copy it again",
                    e);
        }
    }

    private String findRoot() {
        List<String> names = zip.stream().map(ZipEntry::getName).toList();
        List<String> roots =
                names.stream()
                        .filter(name -> name.equals(PICKLE) || name.endsWith("/" + PICKLE))
                        .map(name -> name.substring(0, name.length() - PICKLE.length()))
                        .toList();
        if (roots.size() != 1) {
            throw new ModelFileException(
                    file,
                    "is a zip archive with "
                            + roots.size()
                            + " entries "
                            + PICKLE
                            + ", expected one as torch.save writes it; save a state_dict with"
                            + " torch.save(model.state_dict(), path)");
        }
        String found = roots.get(0);
        if (names.contains(found + "constants.pkl")
                || names.stream().anyMatch(name -> name.startsWith(found + "code/"))) {
            throw new ModelFileException(
                    file,
                    "is a TorchScript archive, expected a state_dict; save it again with"
                            + " torch.save(torch.jit.load(path).state_dict(), newPath)");
        }
        return found;
    }

    byte[] pickle() throws IOException {
        return entry(PICKLE, MAX_PICKLE_BYTES);
    }

    /** The machine that saved decides; older versions of PyTorch only knew little endian. */
    ByteOrder byteOrder() throws IOException {
        if (zip.getEntry(root + "byteorder") == null) {
            return ByteOrder.LITTLE_ENDIAN;
        }
        String name = new String(entry("byteorder", 16), StandardCharsets.US_ASCII).strip();
        return switch (name) {
            case "little" -> ByteOrder.LITTLE_ENDIAN;
            case "big" -> ByteOrder.BIG_ENDIAN;
            default ->
                    throw new ModelFileException(
                            file,
                            "has byte order \""
                                    + name
                                    + "\", expected little or big; it is damaged, copy or save it"
                                    + " again");
        };
    }

    ByteBuffer storage(TorchStorage storage, ByteOrder order) throws IOException {
        byte[] bytes = entry("data/" + storage.key(), storage.bytes());
        if (bytes.length != storage.bytes()) {
            throw new ModelFileException(
                    file,
                    "entry data/"
                            + storage.key()
                            + " has "
                            + bytes.length
                            + " bytes, expected "
                            + storage.bytes()
                            + "; it is damaged, copy or save it again");
        }
        return ByteBuffer.wrap(bytes).order(order);
    }

    private byte[] entry(String name, int maxBytes) throws IOException {
        ZipEntry entry = zip.getEntry(root + name);
        if (entry == null) {
            throw new ModelFileException(
                    file, "has no entry " + name + "; it is damaged, copy or save it again");
        }
        byte[] bytes;
        try (InputStream in = zip.getInputStream(entry)) {
            bytes = in.readNBytes(maxBytes);
            if (in.read() >= 0) {
                throw new ModelFileException(
                        file,
                        "entry "
                                + name
                                + " has more than the expected "
                                + maxBytes
                                + " bytes; it is damaged, copy or save it again");
            }
        } catch (ZipException e) {
            throw new ModelFileException(
                    file,
                    "entry "
                            + name
                            + " cannot be unpacked ("
                            + e.getMessage()
                            + "); it is damaged, copy or save it again",
                    e);
        }
        CRC32 crc = new CRC32();
        crc.update(bytes);
        if (crc.getValue() != entry.getCrc()) {
            throw new ModelFileException(
                    file,
                    "entry "
                            + name
                            + " has a wrong checksum; it is damaged, copy or save it again");
        }
        return bytes;
    }

    @Override
    public void close() throws IOException {
        zip.close();
    }
}
