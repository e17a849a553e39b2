package io.aktnode.ops.bench;

import io.aktnode.actors.run.RunFailedException;
import io.aktnode.protocol.frame.DropReason;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKey;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.frame.TensorSpec;
import io.aktnode.protocol.tensor.DataPlane;
import io.aktnode.protocol.tensor.DataPlaneConfig;
import io.aktnode.protocol.tensor.LandingSlots;
import io.aktnode.protocol.tensor.OutboundTensor;
import io.aktnode.protocol.tensor.SendResult;
import io.aktnode.protocol.tensor.TensorPublisher;
import java.nio.ByteBuffer;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.Semaphore;
import java.util.concurrent.TimeUnit;

/**
 * The data plane alone, as the roles use it: one sender, one receiver with a few places, frames
 * checked and copied into the receiver's memory. One thread.
 */
public final class TransportBench implements AutoCloseable {

    /** Both ends in this process, on a free port; nothing leaves the machine. */
    public static final String LOOPBACK_UDP = "aeron:udp?endpoint=127.0.0.1:0";

    public static final String IPC = "aeron:ipc";

    private static final long RUN_ID = 1;
    private static final int PLACES = 4;
    private static final double WARM_UP_SHARE = 0.2;
    private static final double RATE_SHARE = 0.5;
    private static final double LATENCY_SHARE = 0.3;
    private static final long PATIENCE_SECONDS = 10;
    private static final double NS_PER_SECOND = 1e9;

    /**
     * What was measured.
     *
     * @param channel of Aeron
     * @param encrypted whether frames were, as between machines
     * @param frameBytes tensor bytes of a frame
     * @param bytesPerSecond that arrived while the sender kept {@value #PLACES} frames under way
     * @param latency of one frame alone, from the start of sending to the last byte in the
     *     receiver's memory, s
     * @param frames sent
     * @param lost of them
     */
    public record Figures(
            String channel,
            boolean encrypted,
            int frameBytes,
            double bytesPerSecond,
            Quantiles latency,
            long frames,
            long lost) {}

    private final DataPlane plane;
    private final String channel;
    private final boolean encrypted;
    private final int frameBytes;
    private final TensorPublisher publisher;
    private final List<OutboundTensor> tensors;
    private final LandingSlots<ByteBuffer> slots;
    private final Semaphore places = new Semaphore(PLACES);

    /** Guarded by this, as all below. */
    private long landed;

    private long lastLandedNs;
    private long sent;

    private TransportBench(DataPlaneConfig config, Optional<FrameKey> key, int frameBytes) {
        this.channel = config.channel();
        this.encrypted = key.isPresent();
        this.frameBytes = frameBytes;
        TensorSpec spec = TensorSpec.float32(Math.max(1, frameBytes / Float.BYTES));
        this.tensors =
                List.of(new OutboundTensor(spec, ByteBuffer.allocateDirect(spec.byteLength())));
        this.slots =
                new LandingSlots<>(
                        List.of(spec),
                        places(spec),
                        LandingSlots.Policy.DROP_NEWEST,
                        new LandingSlots.Listener() {
                            @Override
                            public void landed(FrameHeader header) {
                                arrived(header);
                            }

                            @Override
                            public void lost(FrameHeader header, DropReason reason) {
                                places.release();
                            }
                        });
        this.plane =
                DataPlane.start(
                        config.withMaxFrameBytes(
                                Math.max(config.maxFrameBytes(), spec.byteLength())),
                        fault -> {});
        try {
            int stream = RoleId.TEACHER.streamId();
            plane.endpoint(stream, slots, Optional.empty(), key).fence(RUN_ID, 0);
            this.publisher = plane.publisher(stream, key);
        } catch (RuntimeException e) {
            plane.close();
            throw e;
        }
    }

    private static List<LandingSlots.Place<ByteBuffer>> places(TensorSpec spec) {
        List<LandingSlots.Place<ByteBuffer>> places = new ArrayList<>();
        for (int i = 0; i < PLACES; i++) {
            ByteBuffer memory = ByteBuffer.allocateDirect(spec.byteLength());
            places.add(new LandingSlots.Place<>(memory, List.of(memory)));
        }
        return places;
    }

    /**
     * Measures for about so long: a fifth to warm up, half of it the rate, the rest latency.
     *
     * @param key encrypts what could leave the machine
     * @param frameBytes rounded down to whole floats
     * @throws RunFailedException if nothing arrives
     */
    public static Figures measure(
            DataPlaneConfig config, Optional<FrameKey> key, int frameBytes, Duration time) {
        try (TransportBench bench = new TransportBench(config, key, frameBytes)) {
            return bench.run(time.toNanos());
        } catch (InterruptedException e) {
            Thread.currentThread().interrupt();
            throw new RunFailedException("interrupted while measuring " + config.channel(), e);
        } catch (IllegalStateException e) {
            throw new RunFailedException(e.getMessage(), e);
        }
    }

    private Figures run(long timeNs) throws InterruptedException {
        stream((long) (timeNs * WARM_UP_SHARE));
        double rate = stream((long) (timeNs * RATE_SHARE));
        double[] latencies = alone((long) (timeNs * LATENCY_SHARE));
        synchronized (this) {
            return new Figures(
                    channel,
                    encrypted,
                    tensors.get(0).spec().byteLength(),
                    rate,
                    Quantiles.of(latencies),
                    sent,
                    sent - landed);
        }
    }

    /** Sends as fast as places allow; returns the bytes that arrived in a second. */
    private double stream(long timeNs) throws InterruptedException {
        long before;
        synchronized (this) {
            before = landed;
        }
        long start = System.nanoTime();
        do {
            takePlace();
            send();
        } while (System.nanoTime() - start < timeNs);
        drain();
        synchronized (this) {
            long arrived = landed - before;
            if (arrived == 0) {
                throw new RunFailedException(
                        channel
                                + " carried none of "
                                + sent
                                + " frames of "
                                + frameBytes
                                + " bytes; see akt-node doctor");
            }
            double seconds = (lastLandedNs - start) / NS_PER_SECOND;
            return arrived * (double) tensors.get(0).spec().byteLength() / seconds;
        }
    }

    /** Sends a frame when the one before has arrived; returns how long each took, in s. */
    private double[] alone(long timeNs) throws InterruptedException {
        double[] latencies = new double[1024];
        int count = 0;
        long end = System.nanoTime() + timeNs;
        do {
            takePlace();
            long before;
            synchronized (this) {
                before = landed;
            }
            long start = System.nanoTime();
            send();
            drain();
            synchronized (this) {
                if (landed > before) {
                    if (count == latencies.length) {
                        latencies = Arrays.copyOf(latencies, 2 * count);
                    }
                    latencies[count++] = (lastLandedNs - start) / NS_PER_SECOND;
                }
            }
        } while (System.nanoTime() < end);
        return Arrays.copyOf(latencies, count);
    }

    private void send() {
        long number;
        synchronized (this) {
            number = sent++;
        }
        FrameHeader header =
                FrameHeader.of(RUN_ID, 0, number, RoleId.GENERATOR, FrameKind.SYNTHETIC_BATCH);
        SendResult result = publisher.send(header, tensors);
        if (result == SendResult.NOT_CONNECTED) {
            throw new RunFailedException(
                    channel + " has no connection between two ends in one process");
        }
    }

    private void takePlace() throws InterruptedException {
        requirePlaces(1);
    }

    /** Waits until all frames have arrived or are known to be lost. */
    private void drain() throws InterruptedException {
        requirePlaces(PLACES);
        places.release(PLACES);
    }

    private void requirePlaces(int count) throws InterruptedException {
        if (!places.tryAcquire(count, PATIENCE_SECONDS, TimeUnit.SECONDS)) {
            throw new RunFailedException(
                    channel
                            + " lost a frame of "
                            + frameBytes
                            + " bytes and said nothing for "
                            + PATIENCE_SECONDS
                            + " s; see akt-node doctor");
        }
    }

    /** On the poll thread. */
    private void arrived(FrameHeader header) {
        long now = System.nanoTime();
        slots.claim(header).ifPresent(LandingSlots.Landed::release);
        synchronized (this) {
            landed++;
            lastLandedNs = now;
        }
        places.release();
    }

    @Override
    public void close() {
        plane.close();
    }
}
