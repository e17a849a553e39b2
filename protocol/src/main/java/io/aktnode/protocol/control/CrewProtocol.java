package io.aktnode.protocol.control;

import akka.actor.typed.ActorRef;
import io.aktnode.protocol.frame.RoleId;
import java.util.List;
import java.util.Map;

/** What whoever gathers a run's crew is told by the processes. */
public final class CrewProtocol {

    private CrewProtocol() {}

    public interface Command {}

    public sealed interface Request extends Command, CborSerializable {}

    /**
     * Answers {@link HostProtocol.Introduce}.
     *
     * @param name host and process, for people
     * @param capacity how many roles of its kind it bears at most; none for this lead if their
     *     passports differ
     * @param passport of the process
     * @param joins widths in bits of students of its own that join the running training; empty if
     *     it bears the run's
     * @param identity what it brings along that determines the numbers, such as the hash of its
     *     teacher; empty if it needs nothing
     */
    public record Introduced(
            ActorRef<HostProtocol.Request> host,
            String name,
            int capacity,
            Passport passport,
            List<Integer> joins,
            Map<String, String> identity)
            implements Request {

        public Introduced {
            passport = Passport.shown(passport);
            joins = List.copyOf(joins);
            identity = Map.copyOf(identity);
        }
    }

    /**
     * A role cannot be made there, or has ended; it does not come up again by itself. Comes again
     * when the assignment does.
     *
     * @param number of the assignment
     */
    public record RoleStopped(
            ActorRef<HostProtocol.Request> host, RoleId role, long number, String cause)
            implements Request {}
}
