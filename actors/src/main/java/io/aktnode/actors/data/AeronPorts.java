package io.aktnode.actors.data;

import io.aktnode.nn.kernel.Tensor;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.frame.TensorSpec;
import io.aktnode.protocol.tensor.DataPlane;
import io.aktnode.protocol.tensor.Endpoint;
import io.aktnode.protocol.tensor.Landing;
import io.aktnode.protocol.tensor.OutboundTensor;
import io.aktnode.protocol.tensor.SendResult;
import io.aktnode.protocol.tensor.TensorPublisher;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** Ports on a node's {@link DataPlane}; whoever started the data plane closes it. */
public final class AeronPorts implements FramePorts {

    private static final Logger log = LoggerFactory.getLogger(AeronPorts.class);

    private final DataPlane dataPlane;

    public AeronPorts(DataPlane dataPlane) {
        this.dataPlane = dataPlane;
    }

    @Override
    public FramePort open(RoleId role, Landing landing) {
        return new Port(role, dataPlane.endpoint(role.streamId(), landing));
    }

    private final class Port implements FramePort {
        private final RoleId role;
        private final Endpoint endpoint;
        private final Map<RoleId, TensorPublisher> publishers = new HashMap<>();

        private Port(RoleId role, Endpoint endpoint) {
            this.role = role;
            this.endpoint = endpoint;
        }

        @Override
        public boolean send(RoleId receiver, FrameHeader header, List<Tensor> tensors) {
            SendResult result =
                    publishers
                            .computeIfAbsent(receiver, to -> dataPlane.publisher(to.streamId()))
                            .send(header, tensors.stream().map(Port::outbound).toList());
            if (result != SendResult.SENT) {
                log.warn("{} could not send {} to {}: {}", role, header, receiver, result);
            }
            return result == SendResult.SENT;
        }

        private static OutboundTensor outbound(Tensor tensor) {
            return new OutboundTensor(
                    tensor.integer()
                            ? TensorSpec.int32(tensor.shape())
                            : TensorSpec.float32(tensor.shape()),
                    tensor.bytes());
        }

        @Override
        public void fence(long runId, int incarnation) {
            endpoint.fence(runId, incarnation);
        }

        @Override
        public void close() {
            publishers.values().forEach(TensorPublisher::close);
            endpoint.close();
        }
    }
}
