package io.aktnode.protocol.tensor;

import io.aeron.Aeron;
import io.aeron.ChannelUri;
import io.aeron.CommonContext;
import io.aeron.ExclusivePublication;
import io.aeron.driver.Configuration;
import io.aeron.driver.MediaDriver;
import io.aktnode.protocol.frame.FrameEncryptor;
import io.aktnode.protocol.frame.FrameKey;
import java.nio.ByteOrder;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.locks.LockSupport;
import java.util.function.Consumer;
import java.util.function.Supplier;
import org.agrona.CloseHelper;
import org.agrona.concurrent.IdleStrategy;
import org.agrona.concurrent.SleepingIdleStrategy;
import org.agrona.concurrent.SystemEpochClock;
import org.agrona.concurrent.SystemNanoClock;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * A node's part of the data plane: an embedded media driver, an Aeron client and one poll thread.
 *
 * <p>Any thread may call the methods. After a fault that {@code onFault} tells of, nothing is sent
 * or received any more: close it and start another.
 */
public final class DataPlane implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(DataPlane.class);

    /**
     * How often a thread that waits gives up its core before it sleeps. A frame is several windows
     * long, and in each of them sender, driver and receiver wait for one another for less time than
     * it takes the kernel to wake a sleeper.
     */
    static final int YIELDS = 200;

    /** How long a thread sleeps at most before it looks for frames from other nodes. */
    private static final long MAX_SLEEP_NS = TimeUnit.MILLISECONDS.toNanos(1);

    /**
     * The same while there is nothing to come from other nodes: whoever sends wakes them. Looking a
     * thousand times a second, three threads would take a tenth of a core.
     */
    private static final long MAX_SLEEP_INSIDE_NS = TimeUnit.MILLISECONDS.toNanos(16);

    /**
     * Most senders at once of one stream over the network. A run has a generator, a student of each
     * width, seven at most, and as many teachers as it is given processes; those of crashed nodes
     * count until the liveness timeout.
     */
    static final int MOST_SENDERS = 64;

    /** Silence, in liveness timeouts, after which a client is taken for dead and loses its logs. */
    private static final long CLIENT_LIVENESS = 3;

    private final DataPlaneConfig config;
    private final PrivateDirectory directory;
    private final UdpSizes udp;
    private final Faults faults;
    private final FrameCounters counters = new FrameCounters();
    private final SecureRandom random = new SecureRandom();
    private final MediaDriver driver;
    private final Aeron aeron;
    private final Poller poller;
    private final PauseFreeClock workTime =
            new PauseFreeClock(SystemNanoClock.INSTANCE, SystemEpochClock.INSTANCE);
    private final Neighbours neighbours = new Neighbours(work -> daemon("akt-neighbour", work));
    private volatile Thread driverThread;

    /** Whether frames may come from, or go to, other nodes. */
    private volatile boolean networked;

    private final Object lock = new Object();
    private final Map<Integer, Endpoint> endpoints = new HashMap<>();
    private final Set<TensorPublisher> publishers = new HashSet<>();
    private boolean closed;

    private DataPlane(DataPlaneConfig config, Consumer<Throwable> onFault) {
        this.config = config;
        this.udp = UdpSizes.of(config.termBytes());
        this.faults = new Faults(onFault, SystemNanoClock.INSTANCE);
        this.directory = MediaDirectory.take(config);
        MediaDriver startedDriver = null;
        Aeron startedAeron = null;
        try {
            startedDriver = MediaDriver.launch(driverContext());
            startedAeron = Aeron.connect(clientContext());
        } catch (RuntimeException e) {
            CloseHelper.quietCloseAll(startedAeron, startedDriver, directory);
            throw e;
        }
        this.driver = startedDriver;
        this.aeron = startedAeron;
        this.poller = new Poller(idleStrategy(), faults);
        poller.start();
        LOG.info("data plane on {} in {}", config.channel(), directory());
    }

    /**
     * Starts the media driver, the client and the poll thread.
     *
     * @param onFault told once, on a thread of its own, when the data plane has failed for good
     * @throws IllegalStateException if there is no room for the logs
     */
    public static DataPlane start(DataPlaneConfig config, Consumer<Throwable> onFault) {
        if (ByteOrder.nativeOrder() != ByteOrder.LITTLE_ENDIAN) {
            throw new IllegalStateException(
                    "tensors travel little endian; this machine is " + ByteOrder.nativeOrder());
        }
        return uninterrupted(() -> new DataPlane(config, onFault));
    }

    private MediaDriver.Context driverContext() {
        long livenessNs = config.livenessTimeout().toNanos();
        // A neighbour may stand still for so long; of one that was killed, the logs are freed then.
        // This process's own client shares the driver's clock: a pause of both is none.
        long clientNs = CLIENT_LIVENESS * livenessNs;
        // A chunk is one fragment, so that it is written and read in place; the larger the better,
        // but Aeron wants the longest message, an eighth of a term, to hold a fragment.
        int ipcMtu = Math.min(UdpSizes.MAX_MTU_BYTES, config.termBytes() / 8);
        return new MediaDriver.Context()
                .aeronDirectoryName(directory().toString())
                .threadingMode(config.threadingMode())
                .sharedThreadFactory(this::driverThread)
                .conductorThreadFactory(this::driverThread)
                .sharedNetworkThreadFactory(work -> daemon("akt-driver-network", work))
                .senderThreadFactory(work -> daemon("akt-driver-sender", work))
                .receiverThreadFactory(work -> daemon("akt-driver-receiver", work))
                .sharedIdleStrategy(idleStrategy())
                .sharedNetworkIdleStrategy(idleStrategy())
                .conductorIdleStrategy(idleStrategy())
                .senderIdleStrategy(idleStrategy())
                .receiverIdleStrategy(idleStrategy())
                // It only opens streams, and looks up the names of hosts for that.
                .asyncExecutorIdleStrategy(new SleepingIdleStrategy(MAX_SLEEP_INSIDE_NS))
                .publicationTermBufferLength(config.termBytes())
                .ipcTermBufferLength(config.termBytes())
                .ipcMtuLength(ipcMtu)
                .streamSessionLimit(MOST_SENDERS)
                .receiveChannelEndpointSupplier(
                        (channel, dispatcher, status, context) ->
                                new ReceiverGuard(
                                        channel,
                                        dispatcher,
                                        status,
                                        context,
                                        config.termBytes(),
                                        faults))
                .initialWindowLength(udp.windowBytes())
                .socketRcvbufLength(udp.receiveBufferBytes())
                .socketSndbufLength(udp.sendBufferBytes())
                // A sparse log on a full tmpfs ends the JVM with SIGBUS at some later write; this
                // way Aeron finds out when the stream is opened.
                .termBufferSparseFile(false)
                // Aeron's own choice of 8 MB costs 47 MB in all, of the 64 MB a container may have.
                .counterValuesBufferLength(Configuration.COUNTERS_VALUES_BUFFER_LENGTH_MIN)
                .performStorageChecks(true)
                .lowStorageWarningThreshold(3L * config.termBytes())
                .imageLivenessTimeoutNs(livenessNs)
                .publicationConnectionTimeoutNs(livenessNs)
                .clientLivenessTimeoutNs(clientNs)
                // Longer, by Aeron's rules; no claim outlives the call that made it.
                .publicationUnblockTimeoutNs(clientNs + TimeUnit.SECONDS.toNanos(5))
                .epochClock(workTime)
                .errorHandler(faults);
    }

    private Aeron.Context clientContext() {
        return new Aeron.Context()
                .aeronDirectoryName(directory().toString())
                .threadFactory(work -> daemon("akt-aeron", work))
                .driverTimeoutMs(config.driverTimeout().toMillis())
                .epochClock(workTime)
                .nanoClock(workTime)
                // Were the client to end by itself, senders may be at work in the logs: wait for
                // them before the memory goes.
                .closeLingerDurationNs(TimeUnit.SECONDS.toNanos(1))
                .errorHandler(faults); // the default exits the JVM on driver timeout
    }

    private IdleStrategy idleStrategy() {
        return switch (config.idle()) {
            case SLEEPING -> new SleepingIdleStrategy(MAX_SLEEP_NS);
            case BACKOFF -> new Nap(YIELDS, this::maxSleepNs);
        };
    }

    private long maxSleepNs() {
        return networked ? MAX_SLEEP_NS : MAX_SLEEP_INSIDE_NS;
    }

    private Thread driverThread(Runnable work) {
        driverThread = daemon("akt-driver", work);
        return driverThread;
    }

    private static Thread daemon(String name, Runnable work) {
        Thread thread = new Thread(work, name);
        thread.setDaemon(true);
        return thread;
    }

    /**
     * Ends the sleep of the threads that move what this node just wrote: so they may sleep long
     * when idle, and no frame inside the node waits for them.
     */
    private void wake() {
        poller.wake();
        LockSupport.unpark(driverThread);
    }

    /**
     * Receives a stream on the configured channel.
     *
     * @throws IllegalStateException if this node receives that stream already
     */
    public Endpoint endpoint(int streamId, Landing landing) {
        return endpoint(streamId, landing, Optional.empty(), Optional.empty());
    }

    /**
     * Receives a stream on the configured channel and from afar.
     *
     * @param network a second channel for other media drivers, such as {@code
     *     aeron:udp?endpoint=10.0.0.5:0}
     * @throws IllegalStateException if this node receives that stream already
     */
    public Endpoint endpoint(int streamId, Landing landing, Optional<String> network) {
        return endpoint(streamId, landing, network, Optional.empty());
    }

    /**
     * As {@link #endpoint(int, Landing, Optional)}, but of frames from other machines only those
     * that are encrypted.
     *
     * @param key what they must be encrypted under; without one, what is encrypted is dropped
     */
    public Endpoint endpoint(
            int streamId, Landing landing, Optional<String> network, Optional<FrameKey> key) {
        synchronized (lock) {
            requireOpen();
            if (endpoints.containsKey(streamId)) {
                throw new IllegalStateException(
                        "stream " + streamId + " has an endpoint on this node; close it first");
            }
            Endpoint endpoint =
                    new Endpoint(
                            streamId,
                            landing,
                            key,
                            config.maxFrameBytes(),
                            new FrameCounters(counters),
                            SystemNanoClock.INSTANCE,
                            this::remove);
            List<Sessions> subscriptions = new ArrayList<>();
            try {
                subscriptions.add(subscribe(config.channel(), endpoint));
                network.ifPresent(channel -> subscriptions.add(subscribe(channel, endpoint)));
            } catch (RuntimeException e) {
                CloseHelper.quietCloseAll(subscriptions);
                throw e;
            }
            endpoint.subscriptions(subscriptions);
            endpoints.put(streamId, endpoint);
            poller.add(endpoint);
            return endpoint;
        }
    }

    private Sessions subscribe(String channel, Endpoint endpoint) {
        networked |= !staysInside(channel);
        Sessions sessions = endpoint.sessions(channel);
        sessions.subscription(
                uninterrupted(
                        () ->
                                aeron.addSubscription(
                                        channel,
                                        endpoint.streamId(),
                                        image ->
                                                LOG.debug(
                                                        "stream {}: {}",
                                                        endpoint.streamId(),
                                                        image),
                                        sessions::onUnavailableImage)));
        return sessions;
    }

    /** Sends to the endpoint of a stream on the configured channel. */
    public TensorPublisher publisher(int streamId) {
        return publisher(localChannel(streamId), streamId);
    }

    /** As {@link #publisher(int)}, encrypting what could leave the machine. */
    public TensorPublisher publisher(int streamId, Optional<FrameKey> key) {
        return publisher(localChannel(streamId), streamId, key);
    }

    /**
     * Sends to the endpoint of a stream elsewhere.
     *
     * @param channel the endpoint's own: {@link Endpoint#channel}
     */
    public TensorPublisher publisher(String channel, int streamId) {
        return publisher(channel, streamId, Optional.empty());
    }

    /**
     * As {@link #publisher(String, int)}, encrypting what could leave the machine.
     *
     * @param key not used on {@code aeron:ipc}
     */
    public TensorPublisher publisher(String channel, int streamId, Optional<FrameKey> key) {
        synchronized (lock) {
            requireOpen();
            networked |= !staysInside(channel);
            ExclusivePublication publication =
                    uninterrupted(
                            () -> aeron.addExclusivePublication(udp.withMtu(channel), streamId));
            return publisher(
                    publication,
                    key.filter(k -> !staysInside(channel))
                            .map(k -> new FrameEncryptor(k, streamId, random)),
                    this::remove);
        }
    }

    private TensorPublisher publisher(
            ExclusivePublication publication,
            Optional<FrameEncryptor> encryptor,
            Consumer<TensorPublisher> onClose) {
        TensorPublisher publisher =
                new TensorPublisher(
                        publication,
                        encryptor,
                        config,
                        new FrameCounters(counters),
                        SystemNanoClock.INSTANCE,
                        this::wake,
                        onClose);
        publishers.add(publisher);
        return publisher;
    }

    /**
     * Sends to the endpoint of a stream of another process of this machine and user, through the
     * memory of its media driver. What is sent so cannot leave the machine and is not encrypted.
     * Its {@code send} throws once that process is gone for good, or has taken this one for gone.
     *
     * @param driver the other's {@link #directory}
     * @return empty if it cannot be reached that way, which may take two seconds to find out, or if
     *     this node's channel is none through memory
     */
    public Optional<TensorPublisher> neighbour(Path driver, int streamId) {
        if (!staysInside(config.channel())) {
            return Optional.empty();
        }
        synchronized (lock) {
            requireOpen();
            return uninterrupted(() -> neighbours.open(driver, streamId))
                    .map(
                            stream ->
                                    publisher(
                                            stream.publication(),
                                            Optional.empty(),
                                            publisher -> remove(publisher, stream)));
        }
    }

    private void remove(TensorPublisher publisher, Neighbours.Stream stream) {
        synchronized (lock) {
            publishers.remove(publisher);
            stream.closed().run();
        }
    }

    /**
     * An interrupted thread that waits for the driver would end the whole Aeron client, one that
     * waits for its end would not wait.
     */
    private static <T> T uninterrupted(Supplier<T> call) {
        boolean interrupted = Thread.interrupted();
        try {
            return call.get();
        } finally {
            if (interrupted) {
                Thread.currentThread().interrupt();
            }
        }
    }

    /** Whether what is sent on a channel cannot leave the machine. */
    static boolean staysInside(String channel) {
        return channel.startsWith("aeron:ipc");
    }

    private String localChannel(int streamId) {
        String endpoint =
                ChannelUri.parse(config.channel()).get(CommonContext.ENDPOINT_PARAM_NAME, "");
        if (!endpoint.endsWith(":0")) {
            return config.channel();
        }
        synchronized (lock) {
            requireOpen();
            Endpoint local = endpoints.get(streamId);
            if (local == null) {
                throw new IllegalStateException(
                        config.channel()
                                + " leaves the port of stream "
                                + streamId
                                + " open and this node does not receive it; give its channel");
            }
            return local.channel();
        }
    }

    /** What all endpoints and publishers of this node counted. */
    public FrameCounters counters() {
        return counters;
    }

    /** Faults of Aeron so far, survived or not. */
    public long faults() {
        return faults.count();
    }

    /** The fault that ended the data plane, if one has. */
    public Optional<Throwable> failure() {
        return Optional.ofNullable(faults.fatal());
    }

    /** Where the media driver keeps its logs; gone after close. */
    public Path directory() {
        // The driver deletes what it finds in its way and makes it anew, for all to read: it gets a
        // place of its own inside.
        return directory.path().resolve("driver");
    }

    /** The driver, whose death the tests provoke. */
    MediaDriver driver() {
        return driver;
    }

    private void requireOpen() {
        Throwable fatal = faults.fatal();
        if (closed || fatal != null) {
            throw new TransportClosedException(
                    "the data plane " + (closed ? "is closed" : "has failed"), fatal);
        }
    }

    private void remove(Endpoint endpoint) {
        synchronized (lock) {
            endpoints.remove(endpoint.streamId(), endpoint);
            poller.remove(endpoint);
        }
    }

    private void remove(TensorPublisher publisher) {
        synchronized (lock) {
            publishers.remove(publisher);
        }
    }

    /** Closes all endpoints and publishers, then Aeron; nothing is left on disk or in memory. */
    @Override
    public void close() {
        List<AutoCloseable> parts = new ArrayList<>();
        synchronized (lock) {
            if (closed) {
                return;
            }
            closed = true;
            faults.closing();
            parts.addAll(publishers);
            parts.addAll(endpoints.values());
        }
        uninterrupted(
                () -> {
                    closeAll(parts);
                    return null;
                });
    }

    private void closeAll(List<AutoCloseable> parts) {
        CloseHelper.quietCloseAll(parts);
        poller.close();
        // Nobody uses the logs any more.
        aeron.context().closeLingerDurationNs(0);
        CloseHelper.quietCloseAll(aeron, driver, directory);
        LOG.info("data plane in {} closed", directory());
    }
}
