package io.aktnode.actors.fake;

import akka.actor.UnhandledMessage;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import com.typesafe.config.ConfigFactory;
import io.aktnode.actors.data.RoleEnvironment;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.protocol.control.Restoration;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.RoleId;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;

/** One actor under test: everything around it is played by the test, time included. */
public final class Bench implements AutoCloseable {

    public static final long RUN = 77;

    public final ActorTestKit kit =
            ActorTestKit.create(
                    ManualTime.config().withFallback(ConfigFactory.load("application-test")));
    public final ManualTime time = ManualTime.get(kit.system());
    public final MemoryPorts ports = new MemoryPorts();
    public final TestProbe<SupervisorProtocol.Request> supervisor = kit.createTestProbe();
    public final TestProbe<SupervisorProtocol.Restored> restored = kit.createTestProbe();

    /** How far the actor's monotonic clock is ahead of the machine's, ns. */
    public final AtomicLong aheadNs = new AtomicLong();

    private final TestProbe<UnhandledMessage> unhandled = kit.createUnhandledMessageProbe();

    public RoleEnvironment environment(int window) {
        return new RoleEnvironment(
                ports, window, () -> System.nanoTime() + aheadNs.get(), supervisor.ref());
    }

    public static Restoration restoration(int incarnation, long step) {
        return new Restoration(RUN, incarnation, step, false, Optional.empty(), List.of());
    }

    /** Waits for a supervisor's message of one type; those before it are passed over. */
    public <M extends SupervisorProtocol.Request> M told(Class<M> type) {
        while (true) {
            SupervisorProtocol.Request message = supervisor.receiveMessage();
            if (type.isInstance(message)) {
                return type.cast(message);
            }
        }
    }

    /** Sends a float frame with every element the same. */
    public void frame(
            RoleId receiver,
            RoleId sender,
            int incarnation,
            FrameKind kind,
            long batch,
            float value,
            int[]... shapes) {
        List<Tensor> tensors =
                Arrays.stream(shapes).map(shape -> filled(Tensor.allocate(shape), value)).toList();
        ports.deliver(
                receiver, new FrameHeader(RUN, incarnation, batch, sender, kind, 0.5), tensors);
        tensors.forEach(Tensor::close);
    }

    /** Sends images with labels. */
    public void images(RoleId receiver, int incarnation, long batch, float value) {
        Tensor images =
                filled(
                        Tensor.allocate(
                                FakeGenerator.BATCH, FakeGenerator.SIDE, FakeGenerator.SIDE, 1),
                        value);
        Tensor labels = Tensor.allocateInts(FakeGenerator.BATCH).zero();
        ports.deliver(
                receiver,
                FrameHeader.of(
                        RUN, incarnation, batch, RoleId.GENERATOR, FrameKind.SYNTHETIC_BATCH),
                List.of(images, labels));
        images.close();
        labels.close();
    }

    public static int[] logits() {
        return new int[] {FakeGenerator.BATCH, FakeGenerator.CLASSES};
    }

    public static int[] pixels() {
        return new int[] {FakeGenerator.BATCH, FakeGenerator.SIDE, FakeGenerator.SIDE, 1};
    }

    private static Tensor filled(Tensor tensor, float value) {
        for (int i = 0; i < tensor.length(); i++) {
            tensor.set(i, value * (1 + i % 3));
        }
        return tensor;
    }

    /** Fails if any actor left a message unhandled. */
    public void assertAllHandled() {
        unhandled.expectNoMessage();
    }

    @Override
    public void close() {
        kit.shutdownTestKit();
    }
}
