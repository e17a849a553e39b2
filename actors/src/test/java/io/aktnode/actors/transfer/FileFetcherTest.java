package io.aktnode.actors.transfer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import io.aktnode.nn.model.Safetensors;
import io.aktnode.protocol.control.FileProtocol;
import io.aktnode.protocol.control.FileProtocol.Fetch;
import io.aktnode.protocol.control.FileProtocol.Part;
import io.aktnode.protocol.control.FileProtocol.Unavailable;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

@Timeout(60)
class FileFetcherTest {

    private static final int PART = FileProtocol.PART_BYTES;

    private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
    private final TestProbe<FileProtocol.Request> source = kit.createTestProbe();
    private final CompletableFuture<Optional<String>> end = new CompletableFuture<>();

    @TempDir private Path directory;
    private Path target;
    private byte[] content;

    @BeforeEach
    void draw() {
        target = directory.resolve("target");
        content = bytes(6 * PART + 17);
    }

    @AfterEach
    void shutDown() {
        kit.shutdownTestKit();
    }

    private static byte[] bytes(int length) {
        byte[] bytes = new byte[length];
        new Random(7).nextBytes(bytes);
        return bytes;
    }

    private void start(ActorRef<FileProtocol.Request> from) throws IOException {
        Path original = Files.write(directory.resolve("original"), content);
        FileOrder order = new FileOrder(from, "x", Safetensors.sha256(original), target);
        kit.spawn(FileFetcher.create(order, end::complete));
    }

    private Fetch asked() {
        return source.expectMessageClass(Fetch.class);
    }

    private Part part(long offset) {
        int from = (int) offset;
        int count = Math.min(PART, content.length - from);
        return new Part("x", from, content.length, ByteBuffer.wrap(content, from, count).slice());
    }

    private void answer(Fetch fetch) {
        fetch.replyTo().tell(part(fetch.offset()));
    }

    private void passSilence() {
        ManualTime.get(kit.system()).timePasses(FileFetcher.ASK_AGAIN);
    }

    @ParameterizedTest
    @ValueSource(ints = {0, 1, PART, PART + 1, 9 * PART})
    void bringsAFileOfAnyLengthFromASource(int length) throws Exception {
        content = bytes(length);
        Shelf shelf =
                (file, offset, atMost) -> {
                    int from = (int) offset;
                    int count = Math.min(atMost, content.length - from);
                    return new Shelf.Slice(
                            ByteBuffer.wrap(content, from, count).slice(), content.length);
                };
        start(kit.spawn(FileSource.create(shelf)).narrow());

        assertEquals(Optional.empty(), end.get());
        assertArrayEquals(content, Files.readAllBytes(target));
    }

    @Test
    void asksAFewPartsAheadAndNeverBeyondTheEnd() throws Exception {
        start(source.ref());
        answer(asked());

        for (int part = 1; part <= 4; part++) {
            assertEquals((long) part * PART, asked().offset());
        }
        source.expectNoMessage();
    }

    @Test
    void asksAgainForAPartThatWasLostAndIgnoresWhatComesTwice() throws Exception {
        content = bytes(3 * PART);
        start(source.ref());
        Fetch first = asked();
        answer(first);
        asked();
        Fetch third = asked();
        // The second was lost.
        answer(third);
        answer(first);
        passSilence();
        answer(asked());
        answer(asked());

        assertEquals(Optional.empty(), end.get());
        assertArrayEquals(content, Files.readAllBytes(target));
    }

    @Test
    void givesUpWhenItsSourceIsSilent() throws Exception {
        start(source.ref());
        for (int i = 0; i < FileFetcher.ASKS; i++) {
            assertFalse(end.isDone());
            assertEquals(0, asked().offset());
            passSilence();
        }

        assertTrue(end.get().orElseThrow().endsWith("does not come: its source is silent"));
    }

    @Test
    void refusesAFileWithOneOtherBit() throws Exception {
        content = bytes(10);
        start(source.ref());
        content[3] ^= 1;
        answer(asked());

        assertTrue(end.get().orElseThrow().contains("arrived with SHA-256 "), end.get().get());
    }

    @ParameterizedTest
    @ValueSource(longs = {-1, Long.MIN_VALUE, Long.MAX_VALUE, (16L << 30) + 1})
    void refusesALengthNoFileHas(long length) throws Exception {
        start(source.ref());
        asked().replyTo().tell(new Part("x", 0, length, ByteBuffer.allocate(PART)));

        assertTrue(end.get().orElseThrow().contains("has " + length + " bytes"), end.get().get());
        assertEquals(0, Files.size(target));
    }

    @Test
    void refusesAFileThatGrows() throws Exception {
        start(source.ref());
        answer(asked());
        Fetch second = asked();
        second.replyTo()
                .tell(
                        new Part(
                                "x",
                                second.offset(),
                                content.length + 1L,
                                ByteBuffer.allocate(PART)));

        assertTrue(end.get().orElseThrow().contains("expected " + content.length), end.get().get());
    }

    @ParameterizedTest
    @ValueSource(ints = {0, PART - 1, PART + 1})
    void refusesAPartOfAnotherSize(int count) throws Exception {
        start(source.ref());
        asked().replyTo().tell(new Part("x", 0, content.length, ByteBuffer.allocate(count)));

        assertTrue(end.get().orElseThrow().contains("a part of " + count), end.get().get());
    }

    @Test
    void saysWhyAFileCannotBeHad() throws Exception {
        start(source.ref());
        asked().replyTo().tell(new Unavailable("x", "it is gone"));

        assertTrue(end.get().orElseThrow().endsWith("cannot be had (it is gone)"));
    }

    @Test
    void saysWhyAFileCannotBeWritten() throws Exception {
        target = Path.of("/dev/full");
        start(source.ref());
        answer(asked());

        assertTrue(end.get().orElseThrow().contains("/dev/full cannot be written"));
    }

    @Test
    void saysWhyAFileCannotBeOpened() throws Exception {
        target = directory.resolve("none/target");
        start(source.ref());

        assertTrue(end.get().orElseThrow().contains("target cannot be written"));
        source.expectNoMessage();
    }
}
