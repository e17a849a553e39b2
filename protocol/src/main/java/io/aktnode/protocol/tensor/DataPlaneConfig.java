package io.aktnode.protocol.tensor;

import io.aeron.ChannelUri;
import io.aeron.CommonContext;
import io.aeron.driver.ThreadingMode;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.stream.Stream;

/**
 * Settings of a node's {@link DataPlane}.
 *
 * @param directory where the media driver keeps its logs; empty chooses /dev/shm if there is room,
 *     else the temporary directory
 * @param channel Aeron channel of all streams, as {@code aeron:ipc} or {@code
 *     aeron:udp?endpoint=127.0.0.1:0}; port 0 takes a free one for each endpoint
 * @param termBytes length of a term, a power of two; each stream takes three, on UDP each end does
 * @param expectedStreams for how many streams there must be room at the start
 * @param offerTimeout how long a send waits for room before it gives up
 * @param livenessTimeout after what silence Aeron takes another node's stream for dead
 * @param driverTimeout after what silence of its own driver, while the process was at work, it
 *     takes that for dead; how long the process stands still does not count
 * @param maxFrameBytes most tensor bytes of one frame
 * @param threadingMode threads of the media driver
 * @param idle what its and the poll thread do when there is nothing to do
 */
public record DataPlaneConfig(
        Optional<Path> directory,
        String channel,
        int termBytes,
        int expectedStreams,
        Duration offerTimeout,
        Duration livenessTimeout,
        Duration driverTimeout,
        int maxFrameBytes,
        ThreadingMode threadingMode,
        Idle idle) {

    /** What a thread does when it finds nothing to do. */
    public enum Idle {
        /** Sleep 1 ms at a time, unless woken: least load. */
        SLEEPING,
        /** Spin and yield some microseconds, then sleep longer and longer, up to 1 ms. */
        BACKOFF
    }

    private static final int MIN_TERM_BYTES = 64 * 1024;
    private static final int MAX_TERM_BYTES = 1024 * 1024 * 1024;

    public DataPlaneConfig {
        Objects.requireNonNull(directory, "directory");
        Objects.requireNonNull(threadingMode, "threading-mode");
        Objects.requireNonNull(idle, "idle");
        if (threadingMode == ThreadingMode.INVOKER) {
            throw new IllegalArgumentException(
                    "threading-mode=INVOKER needs a caller; take SHARED, SHARED_NETWORK or DEDICATED");
        }
        if (!channel.startsWith("aeron:ipc") && !channel.startsWith("aeron:udp")) {
            throw new IllegalArgumentException(
                    "channel=" + channel + " must start with aeron:ipc or aeron:udp");
        }
        if (Integer.bitCount(termBytes) != 1
                || termBytes < MIN_TERM_BYTES
                || termBytes > MAX_TERM_BYTES) {
            throw new IllegalArgumentException(
                    "term-length=" + termBytes + " must be a power of two from 64 KB to 1 GB");
        }
        if (expectedStreams < 1) {
            throw new IllegalArgumentException(
                    "expected-streams=" + expectedStreams + " must be 1 or more");
        }
        if (offerTimeout.isNegative() || offerTimeout.isZero()) {
            throw new IllegalArgumentException(
                    "offer-timeout=" + offerTimeout + " must be positive");
        }
        if (livenessTimeout.compareTo(Duration.ofSeconds(2)) < 0) {
            throw new IllegalArgumentException(
                    "liveness-timeout=" + livenessTimeout + " must be at least 2 s");
        }
        if (driverTimeout.compareTo(Duration.ofSeconds(2)) < 0) {
            throw new IllegalArgumentException(
                    "driver-timeout=" + driverTimeout + " must be at least 2 s");
        }
        if (maxFrameBytes < 1) {
            throw new IllegalArgumentException(
                    "max-frame-bytes=" + maxFrameBytes + " must be 1 or more");
        }
    }

    /**
     * IPC, terms of 1 MB, frames up to 64 MB, an offer timeout of 5 s, a driver timeout of 5
     * minutes.
     */
    public static DataPlaneConfig defaults() {
        return new DataPlaneConfig(
                Optional.empty(),
                "aeron:ipc",
                1024 * 1024,
                8,
                Duration.ofSeconds(5),
                Duration.ofSeconds(30),
                Duration.ofMinutes(5),
                64 * 1024 * 1024,
                ThreadingMode.SHARED,
                Idle.BACKOFF);
    }

    /** Hosts that the channel names, to send to or to receive at; none stays inside the machine. */
    public List<String> hosts() {
        ChannelUri uri = ChannelUri.parse(channel);
        return Stream.of(
                        CommonContext.ENDPOINT_PARAM_NAME,
                        CommonContext.MDC_CONTROL_PARAM_NAME,
                        CommonContext.INTERFACE_PARAM_NAME)
                .map(uri::get)
                .filter(Objects::nonNull)
                .map(address -> address.replaceFirst("(:[0-9]+)?(/[0-9]+)?$", ""))
                .toList();
    }

    public DataPlaneConfig withDirectory(Path directory) {
        return with(draft -> draft.directory = Optional.of(directory));
    }

    public DataPlaneConfig withChannel(String channel) {
        return with(draft -> draft.channel = channel);
    }

    public DataPlaneConfig withTermBytes(int termBytes) {
        return with(draft -> draft.termBytes = termBytes);
    }

    public DataPlaneConfig withExpectedStreams(int expectedStreams) {
        return with(draft -> draft.expectedStreams = expectedStreams);
    }

    public DataPlaneConfig withOfferTimeout(Duration offerTimeout) {
        return with(draft -> draft.offerTimeout = offerTimeout);
    }

    public DataPlaneConfig withLivenessTimeout(Duration livenessTimeout) {
        return with(draft -> draft.livenessTimeout = livenessTimeout);
    }

    public DataPlaneConfig withDriverTimeout(Duration driverTimeout) {
        return with(draft -> draft.driverTimeout = driverTimeout);
    }

    public DataPlaneConfig withMaxFrameBytes(int maxFrameBytes) {
        return with(draft -> draft.maxFrameBytes = maxFrameBytes);
    }

    public DataPlaneConfig withThreads(ThreadingMode threadingMode, Idle idle) {
        return with(
                draft -> {
                    draft.threadingMode = threadingMode;
                    draft.idle = idle;
                });
    }

    private DataPlaneConfig with(Consumer<Draft> change) {
        Draft draft = new Draft(this);
        change.accept(draft);
        return draft.settled();
    }

    /** The same components, while they may still be changed. */
    private static final class Draft {
        private Optional<Path> directory;
        private String channel;
        private int termBytes;
        private int expectedStreams;
        private Duration offerTimeout;
        private Duration livenessTimeout;
        private Duration driverTimeout;
        private int maxFrameBytes;
        private ThreadingMode threadingMode;
        private Idle idle;

        Draft(DataPlaneConfig from) {
            directory = from.directory;
            channel = from.channel;
            termBytes = from.termBytes;
            expectedStreams = from.expectedStreams;
            offerTimeout = from.offerTimeout;
            livenessTimeout = from.livenessTimeout;
            driverTimeout = from.driverTimeout;
            maxFrameBytes = from.maxFrameBytes;
            threadingMode = from.threadingMode;
            idle = from.idle;
        }

        DataPlaneConfig settled() {
            return new DataPlaneConfig(
                    directory,
                    channel,
                    termBytes,
                    expectedStreams,
                    offerTimeout,
                    livenessTimeout,
                    driverTimeout,
                    maxFrameBytes,
                    threadingMode,
                    idle);
        }
    }
}
