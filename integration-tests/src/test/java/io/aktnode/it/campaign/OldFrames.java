package io.aktnode.it.campaign;

import io.aeron.Aeron;
import io.aeron.ExclusivePublication;
import io.aeron.driver.MediaDriver;
import io.aeron.driver.ThreadingMode;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.FrameWriter;
import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.frame.TensorSpec;
import io.aktnode.protocol.frame.codec.FrameStartEncoder;
import io.aktnode.protocol.frame.codec.MessageHeaderEncoder;
import java.nio.ByteBuffer;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import org.agrona.CloseHelper;
import org.agrona.concurrent.UnsafeBuffer;

/**
 * A process that sends frames as a release before this one wrote them: by Aeron, whole and with
 * their checksums. Its arguments are a directory for its media driver, which must not exist, and
 * any number of {@code HOST:PORT}. It ends with 0 if somebody listened.
 */
final class OldFrames {

    private static final long SENDING_NS = Duration.ofSeconds(5).toNanos();

    /** On a busy machine a stream takes its time to be heard. */
    private static final long PATIENCE_NS = Duration.ofSeconds(30).toNanos();

    private static final long BETWEEN_MS = 50;

    /** Longer ones than the node's own would be refused before a frame is looked at. */
    private static final String TERMS = "|term-length=64k";

    private static final int BUFFER_BYTES = 4096;
    private static final List<RoleId> RECEIVERS =
            List.of(RoleId.GENERATOR, RoleId.TEACHER, RoleId.student(0));

    private OldFrames() {}

    /** Sends for some seconds, once it is heard, to the stream of each role at each port. */
    public static void main(String[] arguments) throws InterruptedException {
        List<ExclusivePublication> streams = new ArrayList<>();
        boolean heard = false;
        try (MediaDriver driver =
                        MediaDriver.launch(
                                new MediaDriver.Context()
                                        .aeronDirectoryName(Path.of(arguments[0]).toString())
                                        .threadingMode(ThreadingMode.SHARED)
                                        .dirDeleteOnShutdown(true));
                Aeron aeron =
                        Aeron.connect(
                                new Aeron.Context()
                                        .aeronDirectoryName(driver.aeronDirectoryName()))) {
            for (String place : List.of(arguments).subList(1, arguments.length)) {
                for (RoleId receiver : RECEIVERS) {
                    streams.add(
                            aeron.addExclusivePublication(
                                    "aeron:udp?endpoint=" + place + TERMS, receiver.streamId()));
                }
            }
            long end = System.nanoTime() + PATIENCE_NS;
            while (System.nanoTime() < end) {
                for (ExclusivePublication stream : streams) {
                    if (send(stream) && !heard) {
                        heard = true;
                        end = System.nanoTime() + SENDING_NS;
                    }
                }
                Thread.sleep(BETWEEN_MS);
            }
            CloseHelper.closeAll(streams);
        }
        System.exit(heard ? 0 : 1);
    }

    /** Whether anybody is there to hear it. */
    private static boolean send(ExclusivePublication stream) {
        boolean heard = false;
        for (UnsafeBuffer message : List.of(oldRules(), oldSchema())) {
            heard |= stream.offer(message) > 0;
        }
        return heard;
    }

    /** A start of a frame by this schema, under rules that are one version old. */
    private static UnsafeBuffer oldRules() {
        UnsafeBuffer start = start();
        start.putShort(
                MessageHeaderEncoder.ENCODED_LENGTH
                        + FrameStartEncoder.protocolVersionEncodingOffset(),
                (short) (FrameWriter.PROTOCOL_VERSION - 1),
                ByteOrder.LITTLE_ENDIAN);
        new FrameWriter().seal(start, 0, start.capacity());
        return start;
    }

    /** The same by the schema before this one. */
    private static UnsafeBuffer oldSchema() {
        UnsafeBuffer start = oldRules();
        start.putShort(
                MessageHeaderEncoder.versionEncodingOffset(),
                (short) (FrameStartEncoder.SCHEMA_VERSION - 1),
                ByteOrder.LITTLE_ENDIAN);
        return start;
    }

    private static UnsafeBuffer start() {
        UnsafeBuffer buffer = new UnsafeBuffer(ByteBuffer.allocateDirect(BUFFER_BYTES));
        int length =
                new FrameWriter()
                        .start(
                                buffer,
                                0,
                                new FrameHeader(
                                        1, 0, 0, RoleId.TEACHER, FrameKind.TEACHER_KNOWLEDGE, 0),
                                List.of(TensorSpec.float32(16, 10)),
                                0);
        return new UnsafeBuffer(buffer, 0, length);
    }
}
