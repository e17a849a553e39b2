package io.aktnode.actors.data;

import io.aktnode.nn.kernel.Tensor;
import io.aktnode.protocol.control.DataAddress;
import io.aktnode.protocol.control.Restoration;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.RoleId;
import java.util.List;

/** A role's connection to the data plane; used by the role's thread only. */
public interface FramePort extends AutoCloseable {

    /**
     * Sends a frame from the tensors' own memory.
     *
     * @return whether it is on its way; if not, it counts as lost and whoever waits asks again
     */
    boolean send(RoleId receiver, FrameHeader header, List<Tensor> tensors);

    /** Where frames for this role are to be sent. */
    DataAddress address();

    /** Where the other roles receive their frames from now on. */
    void connect(List<Restoration.Peer> peers);

    /** From now on only frames of this run and at least this incarnation come in. */
    void fence(long runId, int incarnation);

    /** After this nothing lands any more. */
    @Override
    void close();
}
