package io.aktnode.nn.model;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;

/** Reads a network's tensors from any supported file, told apart by content, not by name. */
public final class ModelFiles {

    private ModelFiles() {}

    /**
     * A zip archive or a bare pickle goes to {@link PyTorchStateDict}, a length and a brace to
     * {@link Safetensors}. In both, batch counters are dropped and wrappers' prefixes cut off.
     *
     * @throws ModelFileException for a file that is neither, missing, damaged or unreadable
     */
    public static StateDict read(Path file) {
        byte[] start;
        try {
            if (Files.isDirectory(file)) {
                throw new ModelFileException(
                        file, "is a directory, expected a model file; name the file inside it");
            }
            start = FileStart.read(file);
        } catch (NoSuchFileException e) {
            throw new ModelFileException(file, "there is no such file; check the path", e);
        } catch (IOException e) {
            throw new ModelFileException(file, "cannot be read (" + e + ")", e);
        }
        if (FileStart.isSafetensors(start)) {
            return TorchNames.clean(Safetensors.read(file));
        }
        if (FileStart.isZip(start) || FileStart.isPickle(start)) {
            return PyTorchStateDict.read(file);
        }
        throw new ModelFileException(
                file,
                "is neither a PyTorch state_dict (torch.save, zip format) nor a safetensors file;"
                        + " save one with torch.save(model.state_dict(), path)");
    }
}
