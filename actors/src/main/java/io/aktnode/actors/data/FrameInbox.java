package io.aktnode.actors.data;

import io.aktnode.nn.kernel.Tensor;
import io.aktnode.protocol.frame.ElementType;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.frame.TensorSpec;
import io.aktnode.protocol.tensor.Landing;
import io.aktnode.protocol.tensor.LandingSlots;
import io.aktnode.protocol.tensor.WrongLayoutException;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Native memory in which a role's frames land: a fixed number of places for each kind and sender. A
 * place taken by a frame nobody has claimed yet gives way to a newer one.
 *
 * <p>A role does not know the shapes of its frames before the first ones come, so memory is
 * allocated then, on the data plane's thread, once; a later frame of another shape is dropped.
 * Frames land on the data plane's thread, all else is called by the role's.
 */
public final class FrameInbox implements Landing, AutoCloseable {

    private record Lane(FrameKind kind, RoleId sender) {}

    private final Map<FrameKind, Integer> places;
    private final Consumer<FrameHeader> onLanded;
    private final Map<Lane, LandingSlots<List<Tensor>>> lanes = new ConcurrentHashMap<>();
    private final List<Tensor> memory = new ArrayList<>();

    /**
     * @param places for each kind that is taken: how many frames of one sender fit at once
     * @param onLanded told on the data plane's thread; typically tells the actor
     */
    public FrameInbox(Map<FrameKind, Integer> places, Consumer<FrameHeader> onLanded) {
        this.places = Map.copyOf(places);
        this.onLanded = onLanded;
    }

    @Override
    public Slot begin(FrameHeader header, List<TensorSpec> tensors) {
        if (!places.containsKey(header.kind())) {
            throw new WrongLayoutException(
                    header + " came to a role that takes only " + places.keySet());
        }
        return lanes.computeIfAbsent(
                        new Lane(header.kind(), header.sender()),
                        lane -> allocate(tensors, places.get(lane.kind())))
                .begin(header, tensors);
    }

    private LandingSlots<List<Tensor>> allocate(List<TensorSpec> layout, int count) {
        List<LandingSlots.Place<List<Tensor>>> all = new ArrayList<>();
        for (int i = 0; i < count; i++) {
            List<Tensor> tensors = layout.stream().map(FrameInbox::tensor).toList();
            synchronized (memory) {
                memory.addAll(tensors);
            }
            List<ByteBuffer> buffers = tensors.stream().map(Tensor::bytes).toList();
            all.add(new LandingSlots.Place<>(tensors, buffers));
        }
        return new LandingSlots<>(
                layout,
                all,
                LandingSlots.Policy.DROP_OLDEST_UNCLAIMED,
                header -> onLanded.accept(header));
    }

    private static Tensor tensor(TensorSpec spec) {
        return spec.type() == ElementType.INT32
                ? Tensor.allocateInts(spec.shape())
                : Tensor.allocate(spec.shape());
    }

    /** The frame, unless a newer one has taken its place or it was cleared away. */
    public Optional<Frame> claim(FrameHeader header) {
        return Optional.ofNullable(lanes.get(new Lane(header.kind(), header.sender())))
                .flatMap(lane -> lane.claim(header))
                .map(Frame::new);
    }

    /** Drops all frames not claimed yet, as after moving the fence. */
    public void clear() {
        lanes.values().forEach(LandingSlots::clear);
    }

    /** Frames that found no place or lost it to a newer one. */
    public long lost() {
        return lanes.values().stream().mapToLong(LandingSlots::lost).sum();
    }

    /** Frees the memory; nothing may land any more and no frame be in use. */
    @Override
    public void close() {
        synchronized (memory) {
            memory.forEach(Tensor::close);
            memory.clear();
        }
        lanes.clear();
    }
}
