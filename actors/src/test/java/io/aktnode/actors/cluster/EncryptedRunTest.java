package io.aktnode.actors.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import com.typesafe.config.ConfigFactory;
import io.aktnode.actors.data.AeronPorts;
import io.aktnode.actors.data.FramePort;
import io.aktnode.actors.data.FramePorts;
import io.aktnode.actors.fake.FakeCluster;
import io.aktnode.actors.fake.FakeRoles;
import io.aktnode.actors.fake.Planes;
import io.aktnode.actors.fake.Recorder;
import io.aktnode.actors.fake.ReferenceLoop;
import io.aktnode.actors.fake.States;
import io.aktnode.actors.run.RunOutcome;
import io.aktnode.actors.run.RunSpec;
import io.aktnode.actors.run.StepMetrics;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.protocol.frame.DropReason;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKey;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.frame.TensorSpec;
import io.aktnode.protocol.tensor.DataPlane;
import io.aktnode.protocol.tensor.OutboundTensor;
import io.aktnode.protocol.tensor.SendResult;
import io.aktnode.protocol.tensor.TensorPublisher;
import java.nio.ByteBuffer;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A run whose student is on another machine than its teacher and generator, under a key. */
@Timeout(60)
class EncryptedRunTest {

    private static final String NETWORK = "aeron:udp?endpoint=127.0.0.1:0";

    private final ActorTestKit kit = ActorTestKit.create(ConfigFactory.load("application-test"));
    private final TrainingConfig config = FakeRoles.config(BaseMethod.ADADFQ, true);
    private final FrameKey key = FrameKey.draw(new SecureRandom());
    private final Map<RoleId, String> channels = new ConcurrentHashMap<>();

    @TempDir private Path directory;
    private DataPlane near;
    private DataPlane far;
    private DataPlane stranger;

    @BeforeEach
    void start() {
        near = Planes.start(directory);
        far = Planes.start(directory);
        stranger = Planes.start(directory);
    }

    @AfterEach
    void stop() {
        kit.shutdownTestKit();
        near.close();
        far.close();
        stranger.close();
        assertEquals(0, near.faults() + far.faults());
    }

    private FakeCluster cluster() {
        Path job = directory.resolve("job");
        return new FakeCluster(
                kit, new RunSpec(config, 1, 1, job, false, 20, 2, Optional.empty(), 1));
    }

    private FramePorts noting(DataPlane plane, Optional<FrameKey> frameKey) {
        // On one host they would reach each other through memory.
        String host = plane == near ? "here" : "there";
        FramePorts ports = new AeronPorts(plane, host, Optional.of(NETWORK), frameKey);
        return (role, landing) -> {
            FramePort port = ports.open(role, landing);
            channels.put(role, port.address().channel());
            return port;
        };
    }

    private void send(RoleId receiver, Optional<FrameKey> own) {
        TensorPublisher publisher =
                stranger.publisher(channels.get(receiver), receiver.streamId(), own);
        FrameHeader header = FrameHeader.of(1, 0, 0, RoleId.GENERATOR, FrameKind.SYNTHETIC_BATCH);
        ByteBuffer zeros = ByteBuffer.allocateDirect(TensorSpec.float32(8).byteLength());
        assertEquals(
                SendResult.SENT,
                publisher.send(header, List.of(new OutboundTensor(TensorSpec.float32(8), zeros))));
    }

    private static void awaitDrop(DataPlane plane, DropReason reason) {
        while (plane.counters().dropped(reason) == 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void goesOnWhileFramesThatArePlainOrUnderAnotherKeyAreRefused() {
        FakeCluster cluster = cluster();
        cluster.host(HostKeys.GENERATOR, frameKey -> noting(near, frameKey));
        cluster.host(HostKeys.TEACHER, frameKey -> noting(near, frameKey));
        cluster.host(HostKeys.STUDENT, frameKey -> noting(far, frameKey));
        Recorder meddling =
                new Recorder() {
                    @Override
                    public void onStep(StepMetrics metrics) {
                        super.onStep(metrics);
                        if (metrics.step() == 25) {
                            send(RoleId.student(0), Optional.empty());
                            send(RoleId.TEACHER, Optional.of(FrameKey.draw(new SecureRandom())));
                            awaitDrop(far, DropReason.UNENCRYPTED);
                            awaitDrop(near, DropReason.WRONG_KEY);
                        }
                    }
                };

        RunOutcome outcome = cluster.run(meddling, cluster.lead(() -> Optional.of(key)));

        assertTrue(outcome.completed());
        assertEquals(List.of(), outcome.interventions());
        assertEquals(60, meddling.steps.size());
        States.assertSame(ReferenceLoop.undisturbed(config).student(), outcome.student());
        assertEquals(1, far.counters().dropped(), "only the plain frame");
        assertEquals(1, near.counters().dropped(), "only the frame under another key");
        // Over the network an endpoint with a key takes encrypted frames only.
        assertTrue(far.counters().receivedFrames() >= 2 * 60, "images and knowledge came");
    }
}
