package io.aktnode.protocol.control;

import akka.actor.typed.ActorRef;
import io.aktnode.protocol.frame.FrameKey;
import io.aktnode.protocol.frame.RoleId;
import java.util.Optional;

/** What a process that bears roles of one kind is told by whoever leads the run. */
public final class HostProtocol {

    private HostProtocol() {}

    public interface Command {}

    public sealed interface Request extends Command, CborSerializable {}

    /**
     * Say who you are, and drop the roles you bear: whoever asks knows of none. Comes again, in the
     * same round, until it is answered by {@link CrewProtocol.Introduced}; then nothing is dropped.
     *
     * <p>In all versions of the protocol these two and {@link Reject} keep their components, and
     * get further ones at most: only from them does one side learn which version the other speaks.
     *
     * @param round counts how often the lead came to know a process
     * @param passport of the lead
     */
    public record Introduce(ActorRef<CrewProtocol.Request> replyTo, long round, Passport passport)
            implements Request {

        public Introduce {
            passport = Passport.shown(passport);
        }
    }

    /**
     * Bear a role. It reports itself up to the supervisor, or {@link CrewProtocol.RoleStopped}
     * comes. Comes again, under the same number, as long as the lead counts on it.
     *
     * @param number counts the assignments of a lead
     * @param guestBits width of a student that joins the running training; 0 for the run's own
     *     roles
     * @param job the settings that determine the run's numbers, as HOCON
     * @param frameKey under which its frames to and from other machines are encrypted; without one
     *     they are plain
     * @param supervisor whom the role reports to
     * @param crew told if the role ends; when it is gone itself the role ends
     */
    public record Assign(
            RoleId role,
            long number,
            int guestBits,
            String job,
            Optional<FrameKey> frameKey,
            ActorRef<SupervisorProtocol.Request> supervisor,
            ActorRef<CrewProtocol.Request> crew)
            implements Request {}

    /**
     * This process is not taken into the run. May come again.
     *
     * @param why for the log of the process
     * @param by the lead; null of a release that did not say
     */
    public record Reject(String why, ActorRef<CrewProtocol.Request> by) implements Request {}

    /**
     * The run is over, or paused.
     *
     * @param end how
     * @param sentence for the log of the process
     */
    public record Dismiss(RunEnd end, String sentence) implements Request {}

    /** How a run is over for the processes that bore its roles. */
    public enum RunEnd {
        /** It was trained to its last step. */
        COMPLETED,
        /** It could not start or go on, because of a full disk for instance. */
        FAILED,
        /** No cure helped. */
        UNHEALTHY,
        /** Its supervisor was stopped; another, or the same again, may go on with it. */
        PAUSED,
        /** Not at all, but this process, which might have led it one day, does not belong to it. */
        REFUSED
    }
}
