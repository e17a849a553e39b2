package io.aktnode.protocol.control;

import io.aktnode.protocol.frame.RoleId;
import java.util.List;
import java.util.Optional;

/**
 * How a role begins an incarnation: frames of older ones are fenced off, whatever was in flight is
 * dropped.
 *
 * @param runId the run whose frames count
 * @param incarnation counts rollbacks and restarts
 * @param step the first step to come
 * @param fresh whether the role makes its networks anew before it takes over the state
 * @param state what to take over; empty keeps the state the role was made with
 * @param peers where the roles of this incarnation receive their frames
 */
public record Restoration(
        long runId,
        int incarnation,
        long step,
        boolean fresh,
        Optional<RoleState> state,
        List<Peer> peers)
        implements CborSerializable {

    public Restoration {
        peers = List.copyOf(peers);
    }

    /** One role and where frames for it go. */
    public record Peer(RoleId role, DataAddress address) implements CborSerializable {}
}
