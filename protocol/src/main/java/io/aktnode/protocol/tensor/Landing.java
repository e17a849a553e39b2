package io.aktnode.protocol.tensor;

import io.aktnode.protocol.frame.DropReason;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.TensorSpec;
import java.nio.ByteBuffer;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;

/**
 * Where frames land: the owner of an {@link Endpoint} says into which memory a frame is copied.
 *
 * <p>All methods, the slots' too, are called by the node's poll thread (by the thread that fences
 * or closes the endpoint, for {@link Slot#abandon}), never by two threads at once; they must return
 * at once and not close the endpoint. After {@link Endpoint#close} returned none is called any more
 * and the memory may be freed.
 */
@FunctionalInterface
public interface Landing {

    /**
     * Called for each frame that passed the fence, before its tensors.
     *
     * @param tensors the frame's table
     * @return memory for exactly these tensors, or null to refuse the frame
     * @throws WrongLayoutException if the owner has no room for such tensors at all
     */
    Slot begin(FrameHeader header, List<TensorSpec> tensors);

    /** Memory for one frame; exactly one of {@code complete} and {@code abandon} ends its use. */
    interface Slot {

        /**
         * Memory for one tensor of the table: from position to limit it has exactly the tensor's
         * length. Position and limit are not moved. Called once for each tensor of a frame.
         */
        ByteBuffer destination(int tensor);

        /** All bytes have arrived as they were sent; typically tells an actor. */
        void complete(FrameHeader header);

        /** The frame will not be completed; what was written so far is of no use. */
        void abandon(FrameHeader header, DropReason reason);
    }

    /** Sends each kind of frame to a landing of its own; other kinds have a wrong layout. */
    static Landing byKind(Map<FrameKind, ? extends Landing> landings) {
        Map<FrameKind, Landing> copy = new EnumMap<>(landings);
        return (header, tensors) -> {
            Landing landing = copy.get(header.kind());
            if (landing == null) {
                throw new WrongLayoutException(
                        header + " came to an endpoint that takes only " + copy.keySet());
            }
            return landing.begin(header, tensors);
        };
    }
}
