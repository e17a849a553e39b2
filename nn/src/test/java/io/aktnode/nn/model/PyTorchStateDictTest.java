package io.aktnode.nn.model;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.model.TorchZip.Pickle;
import java.io.IOException;
import java.io.InputStream;
import java.nio.ByteOrder;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.zip.ZipEntry;
import java.util.zip.ZipOutputStream;
import net.razorvine.pickle.Unpickler;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Files named {@code *.pth} are written by PyTorch, see {@code make_state_dicts.py}. */
class PyTorchStateDictTest {

    @TempDir Path directory;

    @Test
    void readsWhatPyTorchSavedWithEveryLayoutAndNumberFormat() {
        StateDict read = PyTorchStateDict.read(resource("wrapped.pth"));

        assertEquals(
                List.of(
                        "plain",
                        "transposed",
                        "view",
                        "parameter",
                        "half",
                        "bfloat",
                        "double",
                        "long",
                        "scalar",
                        "empty"),
                List.copyOf(read.arrays().keySet()));
        assertArrayEquals(new int[] {2, 3, 4}, read.get("plain").shape());
        assertArrayEquals(new int[] {6, 4}, read.get("transposed").shape());
        for (int i = 0; i < 24; i++) {
            assertEquals(i / 8f, read.get("plain").values()[i]);
            assertEquals((i % 4 * 6 + i / 4) / 8f, read.get("transposed").values()[i]);
        }
        assertArrayEquals(new float[] {5 / 8f, 1, 11 / 8f, 14 / 8f}, read.get("view").values());
        assertArrayEquals(new int[] {1, 2}, read.get("parameter").shape());
        assertArrayEquals(new float[] {-1.5f, 2.25f}, read.get("parameter").values());
        assertArrayEquals(new float[] {1, -0.5f, 65504, 0x1p-24f}, read.get("half").values());
        assertArrayEquals(new float[] {1.5f, -3}, read.get("bfloat").values());
        assertArrayEquals(new float[] {0.1f}, read.get("double").values());
        assertArrayEquals(new float[] {-7, 123456789}, read.get("long").values());
        assertArrayEquals(new int[0], read.get("scalar").shape());
        assertArrayEquals(new float[] {4}, read.get("scalar").values());
        assertArrayEquals(new int[] {0, 3}, read.get("empty").shape());
    }

    @Test
    void readsBigEndianArchives() throws IOException {
        Path file =
                new TorchZip()
                        .pickle(vector("w", "0", 2))
                        .entry("byteorder", "big".getBytes(StandardCharsets.US_ASCII))
                        .floats("0", ByteOrder.BIG_ENDIAN, 1.25f, -2)
                        .write(directory.resolve("big"));

        assertArrayEquals(new float[] {1.25f, -2}, PyTorchStateDict.read(file).get("w").values());
    }

    @Test
    void refusesAnUnknownByteOrder() throws IOException {
        Path file =
                new TorchZip()
                        .pickle(vector("w", "0", 1))
                        .entry("byteorder", "middle".getBytes(StandardCharsets.US_ASCII))
                        .floats("0", ByteOrder.BIG_ENDIAN, 1)
                        .write(directory.resolve("middle"));

        assertRefused(file, "byte order \"middle\"");
    }

    @Test
    void keepsAPrefixThatNotAllNamesHave() throws IOException {
        Pickle pickle = new Pickle().raw("}(").text("module.a");
        pickle.tensor("0", 1, 0, new int[] {1}, new int[] {1}).text("b");
        pickle.tensor("0", 1, 0, new int[] {1}, new int[] {1}).raw("u.");
        Path file =
                new TorchZip()
                        .pickle(pickle)
                        .floats("0", ByteOrder.LITTLE_ENDIAN, 3)
                        .write(directory.resolve("mixed"));

        assertEquals(
                List.of("module.a", "b"),
                List.copyOf(PyTorchStateDict.read(file).arrays().keySet()));
    }

    @Test
    void refusesForeignClassesByNameWithoutConstructingThem() throws IOException {
        // The library's own registry would build this one, whoever registered it.
        Unpickler.registerConstructor(
                "os",
                "system",
                arguments -> {
                    throw new AssertionError("constructed");
                });
        for (String form :
                List.of(
                        "cos\nsystem\n(X\u0002\0\0\0lstR.",
                        "\u008c\u0002os\u008c\u0006system\u0093.")) {
            Path file = zip(new Pickle().raw(form));

            assertRefused(file, "holds an object of class os.system");
        }
        assertRefused(resource("module.pth"), "class torch.nn.modules.linear.Linear");
    }

    @Test
    void refusesInstructionsThatConstructInOtherWays() throws IOException {
        assertRefused(zip(new Pickle().raw("(ios\nsystem\n.")), "instruction 0x69");
        assertRefused(zip(new Pickle().raw("(cos\nsystem\no.")), "class os.system");
        assertRefused(zip(new Pickle().raw("\u0082\u0001.")), "instruction 0x82");
    }

    @Test
    void refusesATextLongerThanThePickleBeforeMakingRoomForIt() throws IOException {
        assertRefused(
                zip(new Pickle().raw("X\u00ff\u00ff\u00ff\u007fabc.")), "text of 2147483647 bytes");
        assertRefused(
                zip(new Pickle().raw("\u008e\0\0\0\0\u00ff\0\0\0abc.")), "text of 1095216660480");
    }

    @Test
    void refusesADictionaryThatIsItsOwnKey() throws IOException {
        assertRefused(zip(new Pickle().raw("}q\0h\0K\u0001s.")), "neither a text nor a number");
    }

    @Test
    void refusesATensorOutsideItsStorage() throws IOException {
        Pickle pickle =
                new Pickle()
                        .raw("}")
                        .text("w")
                        .tensor("0", 4, 1, new int[] {2, 2}, new int[] {2, 1})
                        .raw("s.");

        assertRefused(
                new TorchZip()
                        .pickle(pickle)
                        .floats("0", ByteOrder.LITTLE_ENDIAN, 1, 2, 3, 4)
                        .write(directory.resolve("outside")),
                "[2, 2] from element 1 with strides [2, 1] leaves its storage of 4 elements");
    }

    @Test
    void refusesAStorageOfAnotherSizeThanStated() throws IOException {
        for (int count : new int[] {1, 3}) {
            Path file =
                    new TorchZip()
                            .pickle(vector("w", "0", 2))
                            .floats("0", ByteOrder.LITTLE_ENDIAN, new float[count])
                            .write(directory.resolve("sized"));
            assertRefused(file, "entry data/0 has");
        }
        assertRefused(
                new TorchZip().pickle(vector("w", "0", 2)).write(directory.resolve("none")),
                "has no entry data/0");
    }

    @Test
    void refusesTensorsThatWouldFillTheMemory() throws IOException {
        Pickle pickle = new Pickle().raw("}").text("w");
        pickle.tensor("0", 1, 0, new int[] {1000, 1000, 1000}, new int[] {0, 0, 0}).raw("s.");

        assertRefused(
                new TorchZip()
                        .pickle(pickle)
                        .floats("0", ByteOrder.LITTLE_ENDIAN, 1)
                        .write(directory.resolve("expanded")),
                "4000000000 bytes, more than the limit");
    }

    /** Below the limit, but from four bytes. */
    @Test
    void refusesATensorThatShowsOneNumberAsMillions() throws IOException {
        Pickle pickle = new Pickle().raw("}").text("w");
        pickle.tensor("0", 1, 0, new int[] {10_000, 10_000}, new int[] {0, 0}).raw("s.");

        assertRefused(
                new TorchZip()
                        .pickle(pickle)
                        .floats("0", ByteOrder.LITTLE_ENDIAN, 1)
                        .write(directory.resolve("expanded")),
                "its tensors have 400000000 bytes, but are views of only 4 stored ones");
    }

    @Test
    void refusesAPickleThatUnpacksToMoreThanItsLimit() throws IOException {
        Path file =
                new TorchZip()
                        .entry("data.pkl", new byte[20_000_000])
                        .write(directory.resolve("bomb"));

        assertTrue(Files.size(file) < 50_000);
        assertRefused(file, "entry data.pkl has more than");
    }

    /** Each makes an empty dictionary; a few kilobytes of file would fill a gigabyte. */
    @Test
    void refusesAPickleOfMillionsOfInstructions() throws IOException {
        Path file = zip(new Pickle().raw("}".repeat(8_000_000)));

        assertTrue(Files.size(file) < 20_000);
        assertRefused(file, "its pickle has more than the limit of 1048576 instructions");
    }

    /** One shape can be referred to by many tensors, and each has a copy. */
    @Test
    void refusesATensorOfManyDimensions() throws IOException {
        int[] ones = new int[65];
        Arrays.fill(ones, 1);
        Pickle pickle = new Pickle().raw("}").text("w").tensor("0", 1, 0, ones, ones).raw("s.");

        assertRefused(zip(pickle), "a tensor has more than the limit of 64 dimensions");
    }

    /** A list of pairs can be referred to often, and each dictionary would hold all of them. */
    @Test
    void refusesADictionaryMadeOfAList() throws IOException {
        Pickle pickle = new Pickle().global("collections", "OrderedDict").raw("]\u0085R.");

        assertRefused(zip(pickle), "an OrderedDict is made of something");
    }

    /** Java decodes it only when the entry is looked at, and says so in an exception of its own. */
    @Test
    void refusesAnArchiveWithACommentThatIsNoText() throws IOException {
        Path file = directory.resolve("comment.pth");
        try (ZipOutputStream zip = new ZipOutputStream(Files.newOutputStream(file))) {
            ZipEntry entry = new ZipEntry("archive/data.pkl");
            entry.setComment("comment");
            zip.putNextEntry(entry);
        }
        String archive = Files.readString(file, StandardCharsets.ISO_8859_1);
        Files.writeString(
                file, archive.replace("comment", "\u00ffomment"), StandardCharsets.ISO_8859_1);

        String refusal =
                assertThrows(ModelFileException.class, () -> ModelFiles.read(file)).getMessage();

        assertTrue(refusal.contains("begins like a zip archive but is not a whole one"), refusal);
    }

    @Test
    void saysWhatAFileIsThatIsNoStateDict() throws IOException {
        assertRefused(resource("legacy.pth"), "format of before version 1.6");
        assertRefused(resource("torchscript.pt"), "is a TorchScript archive");
        assertRefused(zip(new Pickle().raw("K\u0001.")), "does not hold a dictionary");
        assertRefused(zip(new Pickle().raw("}X\u0001\0\0\0aK\u0001s.")), "its keys are a,");
        assertRefused(
                new TorchZip().entry("other", new byte[3]).write(directory.resolve("other")),
                "0 entries data.pkl");
        assertRefused(
                Files.write(directory.resolve("text"), new byte[] {1, 2, 3}), "not a PyTorch file");
        assertRefused(directory.resolve("absent"), "no such file");
    }

    @Test
    void refusesEveryTruncation() throws IOException {
        byte[] whole = Files.readAllBytes(resource("wrapped.pth"));
        Path cut = directory.resolve("cut");
        for (int length = 0; length < whole.length; length++) {
            Files.write(cut, Arrays.copyOf(whole, length));
            assertThrows(
                    ModelFileException.class, () -> PyTorchStateDict.read(cut), "at " + length);
        }
    }

    @Test
    void refusesAFlippedBitInAStorage() throws IOException {
        byte[] bytes = Files.readAllBytes(resource("wrapped.pth"));
        byte[] needle = {(byte) 0x00, (byte) 0x00, (byte) 0xC0, (byte) 0xBF}; // -1.5
        int at =
                new String(bytes, StandardCharsets.ISO_8859_1)
                        .indexOf(new String(needle, StandardCharsets.ISO_8859_1));
        bytes[at] ^= 1;

        assertRefused(Files.write(directory.resolve("flipped"), bytes), "wrong checksum");
    }

    @Test
    void throwsNothingButTheDocumentedExceptionForDamagedArchives() throws IOException {
        byte[] whole = Files.readAllBytes(resource("wrapped.pth"));
        Path damaged = directory.resolve("damaged");
        assertOnlyDocumented(
                whole, 3000, bytes -> PyTorchStateDict.read(Files.write(damaged, bytes)));
    }

    @Test
    void throwsNothingButTheDocumentedExceptionForDamagedPickles() throws IOException {
        byte[] pickle;
        try (TorchArchive archive = TorchArchive.open(resource("wrapped.pth"))) {
            pickle = archive.pickle();
        }
        assertOnlyDocumented(
                pickle, 20_000, bytes -> new TorchUnpickler(directory).unpickle(bytes));
    }

    @Test
    void readsOnSeveralThreadsAtOnce() throws Exception {
        Path file = resource("wrapped.pth");
        ExecutorService threads = Executors.newFixedThreadPool(4);
        try {
            List<Callable<Integer>> tasks = new ArrayList<>();
            for (int i = 0; i < 40; i++) {
                tasks.add(() -> PyTorchStateDict.read(file).arrays().size());
            }
            for (Future<Integer> size : threads.invokeAll(tasks)) {
                assertEquals(10, size.get());
            }
        } finally {
            threads.shutdownNow();
        }
    }

    private interface Reading {
        void read(byte[] bytes) throws IOException;
    }

    private static void assertOnlyDocumented(byte[] whole, int trials, Reading reading)
            throws IOException {
        SplittableRandom random = new SplittableRandom(2);
        List<String> others = new ArrayList<>();
        int refused = 0;
        for (int trial = 0; trial < trials; trial++) {
            byte[] bytes = whole.clone();
            for (int flips = random.nextInt(1, 4); flips > 0; flips--) {
                bytes[random.nextInt(bytes.length)] = (byte) random.nextInt();
            }
            try {
                reading.read(bytes);
            } catch (ModelFileException e) {
                refused++;
            } catch (RuntimeException | Error e) {
                others.add(e.toString());
            }
        }
        assertEquals(List.of(), others);
        assertTrue(refused > trials / 10, refused + " of " + trials + " refused");
    }

    private static void assertRefused(Path file, String problem) {
        ModelFileException e =
                assertThrows(ModelFileException.class, () -> PyTorchStateDict.read(file));
        assertTrue(e.getMessage().startsWith(file + ": "), e.getMessage());
        assertTrue(e.getMessage().contains(problem), e.getMessage());
    }

    private static Pickle vector(String name, String key, int count) {
        return new Pickle()
                .raw("}")
                .text(name)
                .tensor(key, count, 0, new int[] {count}, new int[] {1})
                .raw("s.");
    }

    private Path zip(Pickle pickle) throws IOException {
        return new TorchZip().pickle(pickle).write(directory.resolve("pickle"));
    }

    private Path resource(String name) {
        try (InputStream in = PyTorchStateDictTest.class.getResourceAsStream(name)) {
            return Files.write(directory.resolve(name), in.readAllBytes());
        } catch (IOException e) {
            throw new AssertionError(e);
        }
    }
}
