package io.aktnode.nn.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SafetensorsTest {

    @TempDir Path directory;

    @Test
    void readsBackEveryBitNameShapeAndMetadataInOrder() {
        Path file = directory.resolve("state.safetensors");
        float oddNan = Float.intBitsToFloat(0x7FC12345);
        StateDict written =
                new StateDict()
                        .put(
                                "z",
                                new FloatArray(
                                        new int[] {2, 1, 2}, new float[] {1, -0f, oddNan, 4}))
                        .put("scalar", FloatArray.scalar(Float.NEGATIVE_INFINITY))
                        .put("empty", new FloatArray(new int[] {0, 3}, new float[0]))
                        .put("näme \"quoted\"", FloatArray.vector(Float.MIN_VALUE))
                        .putMetadata("step", "12")
                        .putMetadata("text", "a \"b\" \n ü");

        Safetensors.write(file, written);
        StateDict read = Safetensors.read(file);

        assertEquals(List.copyOf(written.arrays().keySet()), List.copyOf(read.arrays().keySet()));
        assertEquals(written.metadata(), read.metadata());
        for (String name : written.arrays().keySet()) {
            assertArrayEquals(written.get(name).shape(), read.get(name).shape(), name);
            assertArrayEquals(bits(written.get(name)), bits(read.get(name)), name);
        }
    }

    @Test
    void writesTheDocumentedLayout() throws IOException {
        Path file = directory.resolve("layout");
        StateDict dictionary =
                new StateDict().put("a", FloatArray.vector(1.5f)).putMetadata("k", "v");

        Safetensors.write(file, dictionary);

        ByteBuffer bytes = ByteBuffer.wrap(Files.readAllBytes(file)).order(ByteOrder.LITTLE_ENDIAN);
        int headerBytes = (int) bytes.getLong(0);
        assertEquals(0, headerBytes % 8);
        assertEquals(
                "{\"__metadata__\":{\"k\":\"v\"},"
                        + "\"a\":{\"dtype\":\"F32\",\"shape\":[1],\"data_offsets\":[0,4]}}",
                new String(bytes.array(), 8, headerBytes, StandardCharsets.UTF_8).stripTrailing());
        assertEquals(1.5f, bytes.getFloat(8 + headerBytes));
        assertEquals(8 + headerBytes + 4, bytes.limit());
    }

    @Test
    void encodesInMemoryWhatItWouldWrite() throws IOException {
        Path file = directory.resolve("file");
        String hash = Safetensors.write(file, sample());

        ByteBuffer bytes = Safetensors.bytes(sample());

        assertEquals(ByteBuffer.wrap(Files.readAllBytes(file)), bytes);
        assertEquals(hash, Safetensors.sha256(bytes));
    }

    @Test
    void returnsTheSha256OfTheFileBothWaysOfWriting() throws IOException {
        Path replaced = directory.resolve("replaced");
        Path inPlace = directory.resolve("in-place");

        String hash = Safetensors.write(replaced, sample());

        assertEquals(hash, Safetensors.writeInPlace(inPlace, sample()));
        assertEquals(hash, Safetensors.sha256(replaced));
        assertEquals(64, hash.length());
        assertArrayEquals(Files.readAllBytes(replaced), Files.readAllBytes(inPlace));
    }

    @Test
    void replacesAnOlderFileAndLeavesNothingElseBehind() throws IOException {
        Path file = directory.resolve("state");
        Files.write(file, new byte[100_000]);

        Safetensors.write(file, sample());

        assertEquals("3", Safetensors.read(file).metadata("step"));
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void keepsTheOldFileWhenWritingFails() throws IOException {
        Path file = directory.resolve("state");
        Safetensors.write(file, sample());
        StateDict unwritable = sample().put("__metadata__", FloatArray.scalar(0));

        assertThrows(IllegalArgumentException.class, () -> Safetensors.write(file, unwritable));

        assertEquals("3", Safetensors.read(file).metadata("step"));
        try (Stream<Path> files = Files.list(directory)) {
            assertEquals(List.of(file), files.toList());
        }
    }

    @Test
    void namesTheFileItCannotWrite() {
        Path file = directory.resolve("missing/state");

        ModelFileException e =
                assertThrows(ModelFileException.class, () -> Safetensors.write(file, sample()));

        assertTrue(e.getMessage().startsWith(file + ": cannot be written"), e.getMessage());
    }

    @Test
    void convertsOtherFloatFormats() throws IOException {
        ByteBuffer data = ByteBuffer.allocate(8 + 8 + 8 + 4).order(ByteOrder.LITTLE_ENDIAN);
        data.putDouble(0.1).putLong(-7);
        data.putShort((short) 0x3C00).putShort((short) 0xC500);
        data.putShort((short) 0x0001).putShort((short) 0xFC00);
        data.putShort((short) 0x3FC0).putShort((short) 0xC000);
        Path file =
                raw(
                        "{\"d\":{\"dtype\":\"F64\",\"shape\":[],\"data_offsets\":[0,8]},"
                                + "\"l\":{\"dtype\":\"I64\",\"shape\":[1],\"data_offsets\":[8,16]},"
                                + "\"h\":{\"dtype\":\"F16\",\"shape\":[4],\"data_offsets\":[16,24]},"
                                + "\"b\":{\"dtype\":\"BF16\",\"shape\":[2],\"data_offsets\":[24,28]}}",
                        data.array());

        StateDict read = Safetensors.read(file);

        assertArrayEquals(new float[] {0.1f}, read.get("d").values());
        assertArrayEquals(new float[] {-7}, read.get("l").values());
        assertArrayEquals(
                new float[] {1, -5, 0x1p-24f, Float.NEGATIVE_INFINITY}, read.get("h").values());
        assertArrayEquals(new float[] {1.5f, -2}, read.get("b").values());
    }

    @Test
    void saysWhatIsWrongWithTheHeader() throws IOException {
        String good = "{\"dtype\":\"F32\",\"shape\":[2],\"data_offsets\":[0,8]}";
        Map<String, String> wrong =
                Map.of(
                        "{\"a\":" + good.replace("F32", "I8") + "}",
                        "tensor a has dtype I8",
                        "{\"a\":" + good.replace("[2]", "[3]") + "}",
                        "tensor a of shape [3] F32",
                        "{\"a\":" + good.replace("[2]", "[-2]") + "}",
                        "tensor a has shape [-2]",
                        "{\"a\":" + good.replace("[2]", "[2147483647,2147483647,9]") + "}",
                        "tensor a of shape [2147483647, 2147483647, 9]",
                        "{\"a\":" + good.replace("0,8", "4,12") + "}",
                        "tensor a ends at data byte 12",
                        "{\"a\":" + good.replace("0,8", "\"0\",8") + "}",
                        "tensor a has no data_offsets",
                        "{\"a\":" + good + ",\"a\":" + good + "}",
                        "Duplicate",
                        "{\"a\":" + good + ",\"b\":" + good + "}",
                        "tensor b begins at data byte 0",
                        "{}",
                        "the data part has 8 bytes, its tensors only 0",
                        "[1]",
                        "not a JSON object");
        wrong.forEach(
                (json, problem) -> {
                    ModelFileException e =
                            assertThrows(
                                    ModelFileException.class,
                                    () -> Safetensors.read(raw(json, new byte[8])),
                                    json);
                    assertTrue(e.getMessage().contains(problem), e.getMessage());
                });
    }

    @Test
    void refusesAHeaderLengthBeyondTheFile() throws IOException {
        Path file = directory.resolve("huge");
        byte[] bytes = new byte[20];
        Arrays.fill(bytes, 0, 8, (byte) 0x7F);
        Files.write(file, bytes);

        ModelFileException e = assertThrows(ModelFileException.class, () -> Safetensors.read(file));

        assertTrue(e.getMessage().contains("possible are 2 to 12"), e.getMessage());
    }

    @Test
    void refusesEveryTruncation() throws IOException {
        byte[] whole = Files.readAllBytes(written());
        Path cut = directory.resolve("cut");
        for (int length = 0; length < whole.length; length++) {
            Files.write(cut, Arrays.copyOf(whole, length));
            assertThrows(ModelFileException.class, () -> Safetensors.read(cut), "at " + length);
        }
        Files.write(cut, Arrays.copyOf(whole, whole.length + 1));
        assertThrows(ModelFileException.class, () -> Safetensors.read(cut));
    }

    @Test
    void throwsNothingButTheDocumentedExceptionForDamagedBytes() throws IOException {
        byte[] whole = Files.readAllBytes(written());
        Path damaged = directory.resolve("damaged");
        SplittableRandom random = new SplittableRandom(1);
        List<String> others = new ArrayList<>();
        for (int trial = 0; trial < 3000; trial++) {
            byte[] bytes = whole.clone();
            for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            Files.write(damaged, bytes);
            try {
                Safetensors.read(damaged);
            } catch (ModelFileException e) {
                assertTrue(e.getMessage().startsWith(damaged.toString()), e.getMessage());
            } catch (RuntimeException e) {
                others.add(e.toString());
            }
        }
        assertEquals(List.of(), others);
    }

    private Path written() {
        Path file = directory.resolve("whole");
        Safetensors.write(file, sample());
        return file;
    }

    private static StateDict sample() {
        return new StateDict()
                .put("weight", new FloatArray(new int[] {2, 2}, new float[] {1, 2, 3, 4}))
                .put("bias", FloatArray.vector(5, 6))
                .putMetadata("step", "3");
    }

    private Path raw(String json, byte[] data) throws IOException {
        byte[] header = json.getBytes(StandardCharsets.UTF_8);
        ByteBuffer bytes =
                ByteBuffer.allocate(8 + header.length + data.length).order(ByteOrder.LITTLE_ENDIAN);
        bytes.putLong(header.length).put(header).put(data);
        return Files.write(directory.resolve("raw"), bytes.array());
    }

    private static int[] bits(FloatArray array) {
        int[] bits = new int[array.values().length];
        for (int i = 0; i < bits.length; i++) {
            bits[i] = Float.floatToRawIntBits(array.values()[i]);
        }
        return bits;
    }
}
