package io.aktnode.actors.transfer;

import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import io.aktnode.protocol.control.FileProtocol;
import io.aktnode.protocol.control.FileProtocol.FetchCommand;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.FileChannel;
import java.nio.file.StandardOpenOption;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.time.Duration;
import java.util.HexFormat;
import java.util.Optional;
import java.util.function.Consumer;

/**
 * Fetches one file, a few parts ahead, writes it, flushes it to the device and checks its hash. A
 * part that is lost is asked for again. Nothing that is told is trusted: whatever the source sends,
 * the file grows no longer than it was said to be at first.
 */
public final class FileFetcher extends AbstractBehavior<FetchCommand> {

    /** Silence of the source after which it is asked again, and how often. */
    static final Duration ASK_AGAIN = Duration.ofSeconds(5);

    static final int ASKS = 6;

    /** Parts asked for that have not come: enough for a link with a long way, little memory. */
    private static final int AHEAD = 4;

    /** The state of the largest network here needs a hundredth of it. */
    private static final long MAX_BYTES = 16L << 30;

    private enum Silence implements FetchCommand {
        INSTANCE
    }

    private final TimerScheduler<FetchCommand> timers;
    private final FileOrder order;
    private final Consumer<Optional<String>> onEnd;
    private final FileChannel channel;
    private final MessageDigest digest = sha256();

    /** Of the whole file; not known before the first part. */
    private long length = -1;

    private long received;
    private long asked;
    private int asks;

    /**
     * Starts one as a child, on a dispatcher where writing files may block.
     *
     * @param onEnd told once, on another thread: empty when the file is there, else why not, as one
     *     sentence; not told if the parent ends before
     */
    public static void spawn(
            ActorContext<?> parent, FileOrder order, Consumer<Optional<String>> onEnd) {
        parent.spawnAnonymous(create(order, onEnd), DispatcherSelector.blocking());
    }

    static Behavior<FetchCommand> create(FileOrder order, Consumer<Optional<String>> onEnd) {
        return Behaviors.setup(
                context ->
                        Behaviors.withTimers(
                                timers -> {
                                    try {
                                        return new FileFetcher(context, timers, order, onEnd);
                                    } catch (IOException e) {
                                        onEnd.accept(Optional.of(unwritable(order, e)));
                                        return Behaviors.stopped();
                                    }
                                }));
    }

    private FileFetcher(
            ActorContext<FetchCommand> context,
            TimerScheduler<FetchCommand> timers,
            FileOrder order,
            Consumer<Optional<String>> onEnd)
            throws IOException {
        super(context);
        this.timers = timers;
        this.order = order;
        this.onEnd = onEnd;
        // Held open: what is removed meanwhile, and made anew by another, is not written into.
        this.channel =
                FileChannel.open(
                        order.target(),
                        StandardOpenOption.CREATE,
                        StandardOpenOption.WRITE,
                        StandardOpenOption.TRUNCATE_EXISTING);
        ask();
    }

    @Override
    public Receive<FetchCommand> createReceive() {
        return newReceiveBuilder()
                .onMessage(FileProtocol.Part.class, this::onPart)
                .onMessage(FileProtocol.Unavailable.class, this::onUnavailable)
                .onMessageEquals(Silence.INSTANCE, this::onSilence)
                .onSignal(PostStop.class, signal -> close())
                .build();
    }

    /** Asks ahead once the length is known: nothing is asked for beyond the end. */
    private void ask() {
        timers.startSingleTimer(Silence.INSTANCE, ASK_AGAIN);
        long ahead = received + (long) AHEAD * FileProtocol.PART_BYTES;
        long until = length < 0 ? 1 : Math.min(length, ahead);
        while (asked < until) {
            order.source()
                    .tell(
                            new FileProtocol.Fetch(
                                    order.file(), asked, getContext().getSelf().narrow()));
            asked += FileProtocol.PART_BYTES;
        }
    }

    private Behavior<FetchCommand> onPart(FileProtocol.Part part) {
        if (!part.file().equals(order.file()) || part.offset() != received) {
            // Sent twice, or after one that was lost.
            return this;
        }
        ByteBuffer bytes = part.bytes().duplicate();
        int count = bytes.remaining();
        if (length < 0) {
            length = part.length();
        }
        long expected = Math.min(FileProtocol.PART_BYTES, length - received);
        if (length < 0 || length > MAX_BYTES || part.length() != length || count != expected) {
            return end(
                    "has "
                            + part.length()
                            + " bytes and a part of "
                            + count
                            + " at "
                            + received
                            + "; expected "
                            + length
                            + ", at most "
                            + MAX_BYTES
                            + ", and a part of "
                            + expected);
        }
        digest.update(bytes.duplicate());
        try {
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
            received += count;
            asks = 0;
            if (received < length) {
                ask();
                return this;
            }
            channel.force(true);
        } catch (IOException e) {
            onEnd.accept(Optional.of(unwritable(order, e)));
            return Behaviors.stopped();
        }
        String actual = HexFormat.of().formatHex(digest.digest());
        if (!actual.equals(order.sha256())) {
            return end("arrived with SHA-256 " + actual + ", expected " + order.sha256());
        }
        onEnd.accept(Optional.empty());
        return Behaviors.stopped();
    }

    private Behavior<FetchCommand> onUnavailable(FileProtocol.Unavailable message) {
        return message.file().equals(order.file())
                ? end("cannot be had (" + message.why() + ")")
                : this;
    }

    private Behavior<FetchCommand> onSilence() {
        asks++;
        if (asks == ASKS) {
            return end("does not come: its source is silent");
        }
        asked = received;
        ask();
        return this;
    }

    private Behavior<FetchCommand> end(String how) {
        onEnd.accept(
                Optional.of(order.file() + " of " + order.source().path().address() + " " + how));
        return Behaviors.stopped();
    }

    private static String unwritable(FileOrder order, IOException e) {
        return order.target()
                + " cannot be written ("
                + e
                + "); free space there or make it writable";
    }

    private Behavior<FetchCommand> close() {
        try {
            channel.close();
        } catch (IOException e) {
            getContext().getLog().warn("{} could not be closed", order.target(), e);
        }
        return this;
    }

    private static MessageDigest sha256() {
        try {
            return MessageDigest.getInstance("SHA-256");
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }
}
