package io.aktnode.protocol.control;

import akka.actor.typed.ActorRef;
import java.nio.ByteBuffer;

/**
 * How a file reaches a machine that does not see the disk it lies on: whoever wants it asks for one
 * part after another, and so sets the pace. Files of checkpoints travel like this, some megabytes
 * at a time; unlike a tensor none of them may be lost.
 */
public final class FileProtocol {

    /** Most bytes of a part; well below Artery's largest frame of 256 KiB. */
    public static final int PART_BYTES = 128 << 10;

    private FileProtocol() {}

    /** What is told to whoever has files. */
    public interface Command {}

    public sealed interface Request extends Command, CborSerializable {}

    /**
     * Send what begins at {@code offset}; answered by exactly one {@link Answer}.
     *
     * @param file the name under which whoever has it knows it
     * @param offset in bytes
     */
    public record Fetch(String file, long offset, ActorRef<Answer> replyTo) implements Request {}

    /** What is told to whoever fetches. */
    public interface FetchCommand {}

    public sealed interface Answer extends FetchCommand, CborSerializable {}

    /**
     * A part of a file.
     *
     * @param length of the whole file, in bytes
     * @param bytes at most {@link #PART_BYTES}; read-only by agreement
     */
    public record Part(String file, long offset, long length, ByteBuffer bytes) implements Answer {}

    /** There is no such file, or none any more, or it cannot be read. */
    public record Unavailable(String file, String why) implements Answer {}
}
