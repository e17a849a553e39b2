package io.aktnode.actors.data;

import io.aktnode.nn.kernel.Tensor;
import io.aktnode.protocol.control.DataAddress;
import io.aktnode.protocol.control.Restoration;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKey;
import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.frame.TensorSpec;
import io.aktnode.protocol.tensor.DataPlane;
import io.aktnode.protocol.tensor.Endpoint;
import io.aktnode.protocol.tensor.Landing;
import io.aktnode.protocol.tensor.OutboundTensor;
import io.aktnode.protocol.tensor.SendResult;
import io.aktnode.protocol.tensor.TensorPublisher;
import io.aktnode.protocol.tensor.TransportClosedException;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Ports on a node's {@link DataPlane}; whoever started the data plane closes it. Roles reach each
 * other through memory in one process and in two of one machine and user, else through the network,
 * peer by peer.
 *
 * <p>With a key, frames over the network are encrypted both ways, each endpoint's under a key of
 * its own: it is derived from the run's and from a number drawn when the endpoint is opened, which
 * the senders are told with its address. An endpoint's memory of the frames it has seen ends with
 * it, so a role that is made anew remembers none; but no frame that was captured before can be
 * opened under its new key.
 */
public final class AeronPorts implements FramePorts {

    private static final Logger log = LoggerFactory.getLogger(AeronPorts.class);

    private final DataPlane dataPlane;
    private final String host;
    private final Optional<String> network;
    private final Optional<FrameKey> key;
    private final SecureRandom random = new SecureRandom();

    /** For roles that all use this data plane. */
    public AeronPorts(DataPlane dataPlane) {
        this(dataPlane, "", Optional.empty(), Optional.empty());
    }

    /**
     * For roles that may be elsewhere.
     *
     * @param host of this node, as others know it
     * @param network channel on which frames from other nodes come in, such as {@code
     *     aeron:udp?endpoint=10.0.0.5:0}; empty: none do
     * @param key under which frames over the network are encrypted; without one they are plain, and
     *     encrypted ones are dropped
     */
    public AeronPorts(
            DataPlane dataPlane, String host, Optional<String> network, Optional<FrameKey> key) {
        this.dataPlane = dataPlane;
        this.host = host;
        this.network = network;
        this.key = key;
    }

    @Override
    public FramePort open(RoleId role, Landing landing) {
        long opening = random.nextLong();
        Endpoint endpoint = dataPlane.endpoint(role.streamId(), landing, network, keyFor(opening));
        return new Port(role, endpoint, opening);
    }

    private Optional<FrameKey> keyFor(long opening) {
        return key.map(run -> run.forOpening(opening));
    }

    private final class Port implements FramePort {
        private final RoleId role;
        private final Endpoint endpoint;
        private final DataAddress address;
        private final Map<RoleId, TensorPublisher> publishers = new HashMap<>();
        private Map<RoleId, DataAddress> peers = Map.of();

        /** Receivers in other processes of this machine, reached through their memory. */
        private final Set<RoleId> near = new HashSet<>();

        /** Where that ended once; the network serves as well, and does not end again. */
        private final Set<DataAddress> distrusted = new HashSet<>();

        private Port(RoleId role, Endpoint endpoint, long opening) {
            this.role = role;
            this.endpoint = endpoint;
            this.address =
                    new DataAddress(
                            host, dataPlane.directory().toString(), endpoint.channel(), opening);
        }

        @Override
        public DataAddress address() {
            return address;
        }

        @Override
        public void connect(List<Restoration.Peer> restored) {
            Map<RoleId, DataAddress> now =
                    restored.stream()
                            .collect(
                                    Collectors.toMap(
                                            Restoration.Peer::role, Restoration.Peer::address));
            publishers
                    .entrySet()
                    .removeIf(
                            entry -> {
                                RoleId to = entry.getKey();
                                boolean moved = !peers.get(to).equals(now.get(to));
                                if (moved) {
                                    entry.getValue().close();
                                }
                                return moved;
                            });
            peers = now;
            distrusted.retainAll(now.values());
        }

        @Override
        public boolean send(RoleId receiver, FrameHeader header, List<Tensor> tensors) {
            DataAddress to = peers.get(receiver);
            if (to == null) {
                log.debug("{} has nowhere to send {} to: no {}", role, header, receiver);
                return false;
            }
            TensorPublisher publisher =
                    publishers.computeIfAbsent(receiver, id -> publisher(id, to));
            try {
                SendResult result =
                        publisher.send(header, tensors.stream().map(Port::outbound).toList());
                if (result != SendResult.SENT) {
                    log.warn("{} could not send {} to {}: {}", role, header, receiver, result);
                }
                return result == SendResult.SENT;
            } catch (TransportClosedException e) {
                if (!near.contains(receiver) || dataPlane.failure().isPresent()) {
                    throw e;
                }
                // The neighbour is gone, or took this process for gone, which had stood still or
                // whose clock was set back.
                distrusted.add(to);
                log.warn("{} could not send {} to {}: {}", role, header, receiver, e.getMessage());
                publishers.remove(receiver).close();
                return false;
            }
        }

        /** Through memory within the machine, else over the network. */
        private TensorPublisher publisher(RoleId receiver, DataAddress to) {
            Optional<FrameKey> own = keyFor(to.opening());
            boolean here = to.host().equals(host);
            near.remove(receiver);
            if (here && to.directory().equals(address.directory())) {
                return dataPlane.publisher(receiver.streamId(), own);
            }
            if (here && !distrusted.contains(to)) {
                Optional<TensorPublisher> neighbour =
                        dataPlane.neighbour(Path.of(to.directory()), receiver.streamId());
                if (neighbour.isPresent()) {
                    near.add(receiver);
                    return neighbour.get();
                }
            }
            return dataPlane.publisher(to.channel(), receiver.streamId(), own);
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
