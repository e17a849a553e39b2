package io.aktnode.actors.data;

import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.tensor.Landing;

/** Connects roles to the data plane; any thread. */
public interface FramePorts {

    /**
     * @param landing where frames for the role are put, on a thread of the data plane
     */
    FramePort open(RoleId role, Landing landing);
}
