package io.aktnode.fuzz;

import io.aktnode.nn.kernel.Tensor;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import net.jqwik.api.Arbitrary;
import net.jqwik.api.EdgeCasesMode;
import net.jqwik.api.ForAll;
import net.jqwik.api.Property;
import net.jqwik.api.Provide;
import net.jqwik.api.Tag;

/**
 * A reader and what it is fed: a few thousand inputs from one seed with every build, a million from
 * a new seed by {@code mvn -Pcampaign verify}.
 *
 * <p>jqwik and not Jazzer: the formats here hide behind lengths, checksums and containers, which
 * mutations that know the format pass and coverage alone does not; inputs come again from their
 * seed and are shrunk; and no agent or native library takes part in the build.
 */
abstract class Fuzzing {

    private static final int MOST_MUTATIONS = 6;

    private final List<byte[]> samples;
    private final List<byte[]> words;
    private final long constantBytes;
    private final long bytesPerByte;

    /**
     * @param samples valid inputs, as the project's own writers make them
     * @param words pieces that mean something in the format
     * @param constantBytes what may be allocated for any input
     * @param bytesPerByte and for each byte of it, packed or not
     */
    Fuzzing(List<byte[]> samples, List<byte[]> words, long constantBytes, long bytesPerByte) {
        this.samples = samples;
        this.words = words;
        this.constantBytes = constantBytes;
        this.bytesPerByte = bytesPerByte;
    }

    /**
     * Reads an input; returns if it was read or refused as it should be, throws otherwise. Is the
     * part that is measured.
     */
    abstract void read(byte[] bytes);

    /** What comes before the reading and does not count: fitting checksums, writing files. */
    byte[] prepare(Input input) {
        return input.bytes();
    }

    @Provide
    Arbitrary<Input> inputs() {
        return Input.from(samples, words, MOST_MUTATIONS);
    }

    @Property(tries = 20_000, seed = "20260101", edgeCases = EdgeCasesMode.NONE)
    void survivesThousandsOfInputs(@ForAll("inputs") Input input) {
        survives(input);
    }

    @Property(tries = 1_000_000, edgeCases = EdgeCasesMode.NONE)
    @Tag("campaign")
    void survivesAMillionInputs(@ForAll("inputs") Input input) {
        survives(input);
    }

    private void survives(Input input) {
        byte[] bytes = prepare(input);
        long tensors = Tensor.allocatedBytes();
        long length = Math.max(bytes.length, input.bytes().length);
        Limits.read(input, constantBytes + bytesPerByte * length, () -> read(bytes));
        if (Tensor.allocatedBytes() != tensors) {
            throw new AssertionError("left native memory allocated");
        }
    }

    static List<byte[]> words(String... words) {
        return Stream.of(words).map(word -> word.getBytes(StandardCharsets.ISO_8859_1)).toList();
    }

    static byte[] content(Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }

    static void write(Path file, byte[] bytes) {
        try {
            Files.write(file, bytes);
        } catch (IOException e) {
            throw new UncheckedIOException(e);
        }
    }
}
