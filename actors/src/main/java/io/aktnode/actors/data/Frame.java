package io.aktnode.actors.data;

import io.aktnode.nn.kernel.Tensor;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.tensor.LandingSlots;
import java.util.List;

/** A frame that landed and was claimed: its tensors are the role's until released. */
public final class Frame {

    private final LandingSlots<List<Tensor>>.Landed landed;

    Frame(LandingSlots<List<Tensor>>.Landed landed) {
        this.landed = landed;
    }

    public FrameHeader header() {
        return landed.header();
    }

    public long batch() {
        return landed.header().batchId();
    }

    public Tensor tensor(int index) {
        return landed.memory().get(index);
    }

    public List<Tensor> tensors() {
        return landed.memory();
    }

    /** Gives the memory back for another frame; a second time it does nothing. */
    public void release() {
        landed.release();
    }

    /** Releases a frame that may not be there. */
    public static void releaseAny(Frame frame) {
        if (frame != null) {
            frame.release();
        }
    }
}
