package io.aktnode.protocol.tensor;

import io.aeron.Aeron;
import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.exceptions.AeronException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.locks.LockSupport;
import org.agrona.CloseHelper;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Media drivers of other processes of this machine and user, for sending to their endpoints through
 * shared memory. One that is gone, stands still, belongs to another user or takes frames from its
 * network only cannot be reached that way.
 *
 * <p>The logs lie in the receiver's directory: it frees those of a sender that was killed after the
 * client liveness timeout. Calls come under the data plane's lock.
 */
final class Neighbours {

    private static final Logger LOG = LoggerFactory.getLogger(Neighbours.class);

    /**
     * A driver's time is behind by as long as its process has ever stood still: it may seem idle
     * and be at work. Whether it is shows when a stream is asked for.
     */
    private static final long LONGEST_PAUSE_MS = Duration.ofDays(1).toMillis();

    private static final long OPEN_NS = Duration.ofSeconds(2).toNanos();
    private static final long POLL_NS = Duration.ofMillis(1).toNanos();
    private static final long LINGER_NS = Duration.ofSeconds(1).toNanos();
    private static final String CHANNEL = "aeron:ipc";

    /** A client of a neighbour's driver, and how many streams it has open. */
    private static final class Neighbour {
        private final Path driver;
        private final Aeron aeron;
        private int streams;

        private Neighbour(Path driver, Aeron aeron) {
            this.driver = driver;
            this.aeron = aeron;
        }
    }

    /**
     * In a neighbour's memory.
     *
     * @param closed to be called, under the data plane's lock, when the publication is closed
     */
    record Stream(ExclusivePublication publication, Runnable closed) {}

    /** Those whose driver can be reached, by its directory. */
    private final Map<Path, Neighbour> neighbours = new HashMap<>();

    private final ThreadFactory threads;

    Neighbours(ThreadFactory threads) {
        this.threads = threads;
    }

    /**
     * Opens a stream in a neighbour's memory.
     *
     * @param driver directory of its media driver
     * @return empty if it cannot be reached that way
     */
    Optional<Stream> open(Path driver, int streamId) {
        try {
            return at(driver).flatMap(neighbour -> open(neighbour, streamId));
        } catch (AeronException | IllegalStateException e) {
            LOG.warn("no stream in the memory of {} ({})", driver, e.getMessage());
            return Optional.empty();
        }
    }

    private Optional<Stream> open(Neighbour neighbour, int streamId) {
        // It counts while it is opened, so that a failure leaves no client behind.
        neighbour.streams++;
        Optional<ExclusivePublication> opened = Optional.empty();
        try {
            opened = open(neighbour.aeron, streamId);
        } finally {
            if (opened.isEmpty()) {
                closed(neighbour);
            }
        }
        return opened.map(publication -> new Stream(publication, () -> closed(neighbour)));
    }

    private Optional<Neighbour> at(Path driver) {
        Neighbour known = neighbours.get(driver);
        if (known != null && !known.aeron.isClosed()) {
            return Optional.of(known);
        }
        if (!Files.isWritable(driver.resolve("cnc.dat"))
                || !CommonContext.isDriverActive(driver.toFile(), LONGEST_PAUSE_MS, LOG::debug)) {
            return Optional.empty();
        }
        Neighbour neighbour = new Neighbour(driver, Aeron.connect(context(driver)));
        neighbours.put(driver, neighbour);
        LOG.info("sends to the process with {} through its memory", driver);
        return Optional.of(neighbour);
    }

    private Aeron.Context context(Path driver) {
        return new Aeron.Context()
                .aeronDirectoryName(driver.toString())
                .threadFactory(threads)
                .driverTimeoutMs(LONGEST_PAUSE_MS)
                // Were it to end by itself, senders may be at work in the logs: wait for them
                // before the memory goes.
                .closeLingerDurationNs(LINGER_NS)
                // Senders find out by themselves and go by the network.
                .errorHandler(fault -> LOG.debug("the driver in {} is lost", driver, fault));
    }

    /** Does not wait for as long as a driver may stand still. */
    private static Optional<ExclusivePublication> open(Aeron aeron, int streamId) {
        long registration = aeron.asyncAddExclusivePublication(CHANNEL, streamId);
        long deadline = System.nanoTime() + OPEN_NS;
        ExclusivePublication publication = null;
        while (System.nanoTime() - deadline < 0) {
            if (publication == null) {
                publication = aeron.getExclusivePublication(registration);
            }
            if (publication != null && publication.isConnected()) {
                return Optional.of(publication);
            }
            LockSupport.parkNanos(POLL_NS);
        }
        if (publication == null) {
            aeron.asyncRemovePublication(registration);
        } else {
            publication.close();
        }
        return Optional.empty();
    }

    /** With the last stream the client goes; nobody uses its logs any more. */
    private void closed(Neighbour neighbour) {
        neighbour.streams--;
        if (neighbour.streams == 0) {
            neighbours.remove(neighbour.driver, neighbour);
            neighbour.aeron.context().closeLingerDurationNs(0);
            CloseHelper.quietClose(neighbour.aeron);
        }
    }
}
