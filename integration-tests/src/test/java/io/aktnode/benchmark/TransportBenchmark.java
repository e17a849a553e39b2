package io.aktnode.benchmark;

import io.aktnode.protocol.frame.FrameHeader;
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
import java.util.List;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import org.openjdk.jmh.annotations.Benchmark;
import org.openjdk.jmh.annotations.BenchmarkMode;
import org.openjdk.jmh.annotations.Fork;
import org.openjdk.jmh.annotations.Measurement;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.annotations.OutputTimeUnit;
import org.openjdk.jmh.annotations.Param;
import org.openjdk.jmh.annotations.Scope;
import org.openjdk.jmh.annotations.Setup;
import org.openjdk.jmh.annotations.State;
import org.openjdk.jmh.annotations.TearDown;
import org.openjdk.jmh.annotations.Warmup;

/**
 * One frame from one role's memory into another's, alone on the data plane: sent, checked, copied
 * and claimed. 3.5 MB is what a teacher knows of a batch of 200, 200 kB a batch of 16 images.
 */
@State(Scope.Benchmark)
@BenchmarkMode(Mode.AverageTime)
@OutputTimeUnit(TimeUnit.MICROSECONDS)
@Fork(1)
@Warmup(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
@Measurement(iterations = 3, time = 300, timeUnit = TimeUnit.MILLISECONDS)
public class TransportBenchmark {

    private static final int RUN = 1;
    private static final int STREAM = RoleId.TEACHER.streamId();

    private static final String IPC = "aeron:ipc";

    /** Sender and receiver each with a media driver, as in two processes of one machine. */
    private static final String NEIGHBOUR = "neighbour";

    @Param({IPC, NEIGHBOUR, "aeron:udp?endpoint=127.0.0.1:0"})
    private String channel;

    @Param({"200000", "3500000"})
    private int bytes;

    private DataPlane plane;
    private DataPlane sender;
    private TensorPublisher publisher;
    private LandingSlots<ByteBuffer> slots;
    private List<OutboundTensor> tensors;
    private long batch;

    @Setup
    public void connect() {
        TensorSpec spec = TensorSpec.float32(bytes / Float.BYTES);
        ByteBuffer memory = ByteBuffer.allocateDirect(spec.byteLength());
        slots =
                new LandingSlots<>(
                        List.of(spec),
                        List.of(new LandingSlots.Place<>(memory, List.of(memory))),
                        LandingSlots.Policy.DROP_NEWEST,
                        header -> {});
        tensors = List.of(new OutboundTensor(spec, ByteBuffer.allocateDirect(spec.byteLength())));
        DataPlaneConfig config = DataPlaneConfig.defaults();
        boolean neighbour = channel.equals(NEIGHBOUR);
        plane = DataPlane.start(config.withChannel(neighbour ? IPC : channel), fault -> {});
        // What comes from others keeps a node's threads from sleeping long.
        Optional<String> network =
                neighbour ? Optional.of("aeron:udp?endpoint=127.0.0.1:0") : Optional.empty();
        plane.endpoint(STREAM, slots, network).fence(RUN, 0);
        sender = neighbour ? DataPlane.start(config, fault -> {}) : plane;
        publisher =
                neighbour
                        ? sender.neighbour(plane.directory(), STREAM).orElseThrow()
                        : plane.publisher(STREAM);
    }

    @TearDown
    public void close() {
        sender.close();
        plane.close();
    }

    @Benchmark
    public FrameHeader sendAndClaim() {
        FrameHeader header =
                FrameHeader.of(RUN, 0, batch++, RoleId.GENERATOR, FrameKind.SYNTHETIC_BATCH);
        SendResult result = publisher.send(header, tensors);
        if (result != SendResult.SENT) {
            throw new IllegalStateException(channel + ": " + result);
        }
        while (true) {
            var landed = slots.claim(header);
            if (landed.isPresent()) {
                landed.get().release();
                return header;
            }
            Thread.onSpinWait();
        }
    }
}
