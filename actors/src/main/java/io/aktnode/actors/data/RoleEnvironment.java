package io.aktnode.actors.data;

import akka.actor.typed.ActorRef;
import io.aktnode.protocol.control.SupervisorProtocol;
import java.util.function.LongSupplier;

/**
 * What every role is given.
 *
 * @param ports connects it to the data plane
 * @param window batches in flight; 1 is lockstep
 * @param nanoClock monotonic, ns
 * @param supervisor hears of each step and of failures
 */
public record RoleEnvironment(
        FramePorts ports,
        int window,
        LongSupplier nanoClock,
        ActorRef<SupervisorProtocol.Request> supervisor) {

    /**
     * Frames of one kind and sender that may lie here at once: a window, and what is sent again.
     */
    public int places() {
        return window + 2;
    }
}
