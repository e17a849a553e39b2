package io.aktnode.actors.data;

import akka.actor.typed.ActorRef;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.frame.RoleId;
import java.util.List;
import java.util.function.LongSupplier;
import java.util.stream.IntStream;

/**
 * What every role is given.
 *
 * @param ports connects it to the data plane
 * @param window batches in flight; 1 is lockstep
 * @param students how many there are
 * @param nanoClock monotonic, ns
 * @param supervisor hears of each step and of failures
 */
public record RoleEnvironment(
        FramePorts ports,
        int window,
        int students,
        LongSupplier nanoClock,
        ActorRef<SupervisorProtocol.Request> supervisor) {

    /**
     * Frames of one kind and sender that may lie here at once: a window, and what is sent again.
     */
    public int places() {
        return window + 2;
    }

    public List<RoleId> studentIds() {
        return IntStream.range(0, students).mapToObj(RoleId::student).toList();
    }
}
