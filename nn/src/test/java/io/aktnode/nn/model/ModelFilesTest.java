package io.aktnode.nn.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelFilesTest {

    @TempDir Path directory;

    @Test
    void readsBothFormatsWhateverTheFileIsCalled() throws IOException {
        Path torch =
                new TorchZip()
                        .pickle(
                                new TorchZip.Pickle()
                                        .raw("}")
                                        .text("w")
                                        .tensor("0", 1, 0, new int[] {1}, new int[] {1})
                                        .raw("s."))
                        .floats("0", ByteOrder.LITTLE_ENDIAN, 2.5f)
                        .write(directory.resolve("model.safetensors"));
        Path safe = directory.resolve("model.pth");
        Safetensors.write(safe, new StateDict().put("w", FloatArray.vector(3.5f)));

        assertEquals(2.5f, ModelFiles.read(torch).get("w").values()[0]);
        assertEquals(3.5f, ModelFiles.read(safe).get("w").values()[0]);
    }

    @Test
    void dropsCountersAndPrefixesOfTrainingFromSafetensorsToo() {
        Path file = directory.resolve("model");
        Safetensors.write(
                file,
                new StateDict()
                        .put("module._orig_mod.bn.weight", FloatArray.vector(1))
                        .put("module._orig_mod.bn.num_batches_tracked", FloatArray.scalar(9))
                        .putMetadata("format", "pt"));

        StateDict read = ModelFiles.read(file);

        assertEquals(List.of("bn.weight"), List.copyOf(read.arrays().keySet()));
        assertEquals("pt", read.metadata("format"));
    }

    @Test
    void cutsOffAsManyPrefixesAsThereAre() {
        Path file = directory.resolve("model");
        String prefixes = "module._orig_mod.".repeat(2_500);
        Safetensors.write(
                file,
                new StateDict()
                        .put(prefixes + "a", FloatArray.vector(1))
                        .put(prefixes + "module.b", FloatArray.vector(2)));

        assertEquals(
                List.of("a", "module.b"), List.copyOf(ModelFiles.read(file).arrays().keySet()));
    }

    @Test
    void saysWhatCannotBeRead() throws IOException {
        assertRefused(directory.resolve("absent"), "there is no such file");
        assertRefused(directory, "is a directory");
        assertRefused(Files.createFile(directory.resolve("empty")), "is neither");
        byte[] text = "hello, this is text".getBytes(StandardCharsets.UTF_8);
        assertRefused(Files.write(directory.resolve("text"), text), "is neither");
    }

    private static void assertRefused(Path file, String problem) {
        ModelFileException e = assertThrows(ModelFileException.class, () -> ModelFiles.read(file));
        assertTrue(e.getMessage().startsWith(file + ": " + problem), e.getMessage());
    }
}
