package io.aktnode.nn.model;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;

/**
 * Reads a PyTorch {@code state_dict} saved by {@code torch.save} since PyTorch 1.6 (a zip archive);
 * nothing in the file is executed.
 *
 * <p>A dictionary wrapped as {@code {'state_dict': …}}, {@code {'model': …}} and the like is
 * unwrapped, the prefixes of {@code DataParallel} and {@code torch.compile} are cut off, batch
 * counters ({@code num_batches_tracked}) and values that are no tensors are skipped. Numbers become
 * float32. Every failure is a {@link ModelFileException}. Any thread.
 */
public final class PyTorchStateDict {

    /** Limit on all tensors of a file together, so that a small file cannot fill the memory. */
    private static final long MAX_BYTES = 1L << 30;

    /**
     * Views may show a storage this often all together: expanded ones show one number as many, and
     * a few bytes could ask for the whole limit.
     */
    private static final long MOST_VIEWS = 8;

    private static final long FREE_BYTES = 1 << 20;

    private static final List<String> WRAPPERS =
            List.of("state_dict", "model_state_dict", "model", "model_state", "net");

    private PyTorchStateDict() {}

    public static StateDict read(Path file) {
        try {
            requireZip(file);
            try (TorchArchive archive = TorchArchive.open(file)) {
                Object root = new TorchUnpickler(file).unpickle(archive.pickle());
                return gather(file, archive, tensors(file, root));
            }
        } catch (NoSuchFileException e) {
            throw new ModelFileException(file, "there is no such file; check the path", e);
        } catch (IOException e) {
            throw new ModelFileException(file, "cannot be read (" + e + ")", e);
        }
    }

    private static void requireZip(Path file) throws IOException {
        byte[] start = FileStart.read(file);
        if (FileStart.isPickle(start)) {
            throw new ModelFileException(
                    file,
                    "is in PyTorch's format of before version 1.6, expected a zip archive; save it"
                            + " again with torch.save(torch.load(path, map_location='cpu'), path)");
        }
        if (!FileStart.isZip(start)) {
            throw new ModelFileException(
                    file,
                    "is not a PyTorch file, expected the zip archive that torch.save(model"
                            + ".state_dict(), path) writes");
        }
    }

    private static Map<String, TorchTensor> tensors(Path file, Object root) {
        if (!(root instanceof Map<?, ?> map)) {
            throw new ModelFileException(
                    file,
                    "does not hold a dictionary; save it again with"
                            + " torch.save(model.state_dict(), path)");
        }
        Map<String, TorchTensor> tensors = tensorsOf(map);
        for (String wrapper : WRAPPERS) {
            if (tensors.isEmpty() && map.get(wrapper) instanceof Map<?, ?> inner) {
                tensors = tensorsOf(inner);
            }
        }
        if (tensors.isEmpty()) {
            throw new ModelFileException(
                    file,
                    "holds no tensors; its keys are "
                            + map.keySet().stream()
                                    .limit(10)
                                    .map(String::valueOf)
                                    .collect(Collectors.joining(", "))
                            + ", expected a state_dict or one of "
                            + String.join(", ", WRAPPERS)
                            + "; save it again with torch.save(model.state_dict(), path)");
        }
        return tensors;
    }

    private static Map<String, TorchTensor> tensorsOf(Map<?, ?> map) {
        Map<String, TorchTensor> tensors = new LinkedHashMap<>();
        map.forEach(
                (name, value) -> {
                    if (name instanceof String text
                            && value instanceof TorchTensor tensor
                            && !TorchNames.isCounter(text)) {
                        tensors.put(text, tensor);
                    }
                });
        return tensors;
    }

    private static StateDict gather(
            Path file, TorchArchive archive, Map<String, TorchTensor> tensors) throws IOException {
        requireBounded(file, tensors);
        Map<String, Integer> uses = new HashMap<>();
        tensors.values().forEach(t -> uses.merge(t.storage().key(), 1, Integer::sum));
        ByteOrder order = archive.byteOrder();
        Map<TorchStorage, ByteBuffer> shared = new HashMap<>();
        StateDict result = new StateDict();
        for (Map.Entry<String, TorchTensor> entry : tensors.entrySet()) {
            TorchStorage storage = entry.getValue().storage();
            ByteBuffer bytes = shared.get(storage);
            if (bytes == null) {
                bytes = archive.storage(storage, order);
                if (uses.get(storage.key()) > 1) {
                    shared.put(storage, bytes);
                }
            }
            result.put(entry.getKey(), entry.getValue().gather(bytes));
        }
        return TorchNames.clean(result);
    }

    private static void requireBounded(Path file, Map<String, TorchTensor> tensors) {
        Set<TorchStorage> storages = new HashSet<>();
        long bytes = 0;
        for (TorchTensor tensor : tensors.values()) {
            bytes += (long) tensor.count() * Float.BYTES;
            storages.add(tensor.storage());
        }
        long stored = 0;
        for (TorchStorage storage : storages) {
            stored += storage.bytes();
        }
        if (bytes > MAX_BYTES || stored > MAX_BYTES) {
            throw new ModelFileException(
                    file,
                    "its tensors have "
                            + Math.max(bytes, stored)
                            + " bytes, more than the limit of "
                            + MAX_BYTES
                            + "; save only the network's state_dict");
        }
        if (bytes > MOST_VIEWS * stored + FREE_BYTES) {
            throw new ModelFileException(
                    file,
                    "its tensors have "
                            + bytes
                            + " bytes, but are views of only "
                            + stored
                            + " stored ones; save clones of them, as model.state_dict() holds");
        }
    }
}
