package io.aktnode.actors.cluster;

import io.aktnode.actors.data.FramePorts;
import io.aktnode.protocol.control.HostProtocol.RunEnd;
import io.aktnode.protocol.control.Passport;
import io.aktnode.protocol.frame.FrameKey;
import java.util.List;
import java.util.Optional;
import java.util.function.BiConsumer;
import java.util.function.Function;

/**
 * What a host of roles is given.
 *
 * @param kind of role it bears: one of {@link HostKeys#kinds}
 * @param name of the process, for people
 * @param passport shown to whoever leads; one with another is not followed
 * @param capacity how many roles it bears at most
 * @param joins widths in bits of students of this process's own that join the running training
 * @param ports connects its roles to the data plane, encrypted under the run's key if it has one
 * @param workshop makes them
 * @param onDismissed told how the run is over and in a sentence why, when the roles have stopped
 */
public record HostConfig(
        String kind,
        String name,
        Passport passport,
        int capacity,
        List<Integer> joins,
        Function<Optional<FrameKey>, FramePorts> ports,
        Workshop workshop,
        BiConsumer<RunEnd, String> onDismissed) {

    public HostConfig {
        if (!HostKeys.kinds().contains(kind)) {
            throw new IllegalArgumentException(
                    "kind=" + kind + " must be one of " + HostKeys.kinds());
        }
        joins = List.copyOf(joins);
        if (capacity < 0) {
            throw new IllegalArgumentException("capacity=" + capacity + " must be 0 or more");
        }
    }
}
