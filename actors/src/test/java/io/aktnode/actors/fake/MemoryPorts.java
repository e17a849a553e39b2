package io.aktnode.actors.fake;

import io.aktnode.actors.data.FramePort;
import io.aktnode.actors.data.FramePorts;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.protocol.control.DataAddress;
import io.aktnode.protocol.control.Restoration;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.frame.TensorSpec;
import io.aktnode.protocol.tensor.Landing;
import java.util.List;
import java.util.Map;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;

/**
 * A data plane without threads: a frame lands at once, on the sender's thread. What goes to a role
 * nobody has opened is kept for the test to look at.
 */
public final class MemoryPorts implements FramePorts {

    /** A frame sent to a role that a test plays. */
    public record Sent(RoleId receiver, FrameHeader header, List<float[]> tensors) {

        public FrameKind kind() {
            return header.kind();
        }

        public long batch() {
            return header.batchId();
        }
    }

    /** Of every role: nothing is sent anywhere. */
    public static final DataAddress ADDRESS = new DataAddress("here", "memory", "none", 1);

    /** Of a role that was made anew. */
    public static final DataAddress NEXT_ADDRESS = new DataAddress("here", "memory", "none", 2);

    private final Map<RoleId, Landing> landings = new ConcurrentHashMap<>();
    private final BlockingQueue<Sent> sent = new LinkedBlockingQueue<>();
    private final Map<RoleId, Runnable> meanwhile = new ConcurrentHashMap<>();

    @Override
    public FramePort open(RoleId role, Landing landing) {
        landings.put(role, landing);
        return new FramePort() {
            @Override
            public boolean send(RoleId receiver, FrameHeader header, List<Tensor> tensors) {
                meanwhile.getOrDefault(receiver, () -> {}).run();
                deliver(receiver, header, tensors);
                return true;
            }

            @Override
            public DataAddress address() {
                return ADDRESS;
            }

            @Override
            public void connect(List<Restoration.Peer> peers) {}

            @Override
            public void fence(long runId, int incarnation) {}

            @Override
            public void close() {
                landings.remove(role, landing);
            }
        };
    }

    /** What happens while a frame is being sent to a role. */
    public void whileSendingTo(RoleId receiver, Runnable what) {
        meanwhile.put(receiver, what);
    }

    /** Sends as a role the test plays. */
    public void deliver(RoleId receiver, FrameHeader header, List<Tensor> tensors) {
        Landing landing = landings.get(receiver);
        if (landing == null) {
            sent.add(
                    new Sent(receiver, header, tensors.stream().map(MemoryPorts::values).toList()));
            return;
        }
        synchronized (landing) {
            Landing.Slot slot =
                    landing.begin(
                            header,
                            tensors.stream()
                                    .map(
                                            tensor ->
                                                    tensor.integer()
                                                            ? TensorSpec.int32(tensor.shape())
                                                            : TensorSpec.float32(tensor.shape()))
                                    .toList());
            if (slot != null) {
                for (int i = 0; i < tensors.size(); i++) {
                    slot.destination(i).duplicate().put(tensors.get(i).bytes().duplicate());
                }
                slot.complete(header);
            }
        }
    }

    private static float[] values(Tensor tensor) {
        return tensor.integer() ? new float[0] : tensor.toFloats();
    }

    /** The next frame to a role the test plays; waits for it. */
    public Sent next() throws InterruptedException {
        Sent frame = sent.poll(30, TimeUnit.SECONDS);
        if (frame == null) {
            throw new AssertionError("no frame came within 10 s");
        }
        return frame;
    }

    /** Waits for a frame of a kind to a role; those before it are passed over. */
    public Sent next(RoleId receiver, FrameKind kind) throws InterruptedException {
        while (true) {
            Sent frame = next();
            if (frame.receiver().equals(receiver) && frame.kind() == kind) {
                return frame;
            }
        }
    }

    /** Frames already sent to roles the test plays; takes them away. */
    public List<Sent> drain() {
        List<Sent> all = new java.util.ArrayList<>();
        sent.drainTo(all);
        return all;
    }
}
