package io.aktnode.actors.fake;

import io.aktnode.actors.data.FramePort;
import io.aktnode.actors.data.FramePorts;
import io.aktnode.actors.policy.CurePolicy;
import io.aktnode.actors.policy.DetectorPolicy;
import io.aktnode.actors.policy.GatePolicy;
import io.aktnode.actors.run.RunPolicy;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.protocol.control.DataAddress;
import io.aktnode.protocol.control.Restoration;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.tensor.Landing;
import java.time.Duration;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;

/**
 * Ports that lose frames, which the sender does not hear of.
 *
 * @param loses whether a frame to a receiver is lost
 * @param lost counts them
 */
public record LossyPorts(
        FramePorts ports, BiPredicate<RoleId, FrameHeader> loses, AtomicInteger lost)
        implements FramePorts {

    /** Of runs that shall not wait long for what is lost, nor give it up soon. */
    public static RunPolicy patience(Duration resendAfter) {
        return new RunPolicy(
                GatePolicy.defaults(),
                GatePolicy.defaults(),
                CurePolicy.defaults(),
                DetectorPolicy.defaults(),
                resendAfter,
                1000,
                Duration.ofMinutes(1),
                Duration.ofMinutes(30));
    }

    @Override
    public FramePort open(RoleId role, Landing landing) {
        FramePort port = ports.open(role, landing);
        return new FramePort() {
            @Override
            public boolean send(RoleId receiver, FrameHeader header, List<Tensor> tensors) {
                if (loses.test(receiver, header)) {
                    lost.incrementAndGet();
                    return true;
                }
                return port.send(receiver, header, tensors);
            }

            @Override
            public DataAddress address() {
                return port.address();
            }

            @Override
            public void connect(List<Restoration.Peer> peers) {
                port.connect(peers);
            }

            @Override
            public void fence(long runId, int incarnation) {
                port.fence(runId, incarnation);
            }

            @Override
            public void close() {
                port.close();
            }
        };
    }
}
