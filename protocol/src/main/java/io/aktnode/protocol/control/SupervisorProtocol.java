package io.aktnode.protocol.control;

import akka.actor.typed.ActorRef;
import com.fasterxml.jackson.annotation.JsonCreator;
import io.aktnode.protocol.frame.RoleId;
import java.util.Optional;

/** What the supervisor is told. */
public final class SupervisorProtocol {

    private SupervisorProtocol() {}

    public interface Command {}

    public sealed interface Request extends Command, CborSerializable
            permits StepReport,
                    GeneratorUp,
                    TeacherUp,
                    StudentUp,
                    RoleFailed,
                    RoleGone,
                    RoleLost,
                    Restored,
                    Saved,
                    Evaluated,
                    BarrierReached,
                    Stalled,
                    Cancel {}

    /**
     * A generator has been made, for the first time or again; it waits for a restoration, and says
     * so again, with the same address, until one comes.
     */
    public record GeneratorUp(ActorRef<GeneratorProtocol.Request> generator, DataAddress address)
            implements Request {}

    /** The same of a teacher. */
    public record TeacherUp(
            int instance, ActorRef<TeacherProtocol.Request> teacher, DataAddress address)
            implements Request {}

    /**
     * The same of a student.
     *
     * @param guestBits width of one that joins the running training; 0 for one of the run's own
     */
    public record StudentUp(
            int student, int guestBits, ActorRef<StudentProtocol.Request> ref, DataAddress address)
            implements Request {

        public boolean guest() {
            return guestBits > 0;
        }
    }

    /** A role threw; it will come up again. */
    public record RoleFailed(RoleId role, String cause) implements Request {}

    /** A role stopped and will not come up again. */
    public record RoleGone(RoleId role, String cause) implements Request {}

    /**
     * A role's process cannot be reached any more; another one, or the same again, will bear it.
     */
    public record RoleLost(RoleId role, String cause) implements Request {}

    /** Answers a restoration. */
    public record Restored(RoleId role, int incarnation) implements Request {}

    /**
     * Answers {@code Save}.
     *
     * @param file name within the checkpoint's directory; empty if nothing was written because the
     *     state is not finite; with a source the name under which that knows it
     * @param sha256 of the file, lower-case hexadecimal
     * @param finite whether every number of the state is finite
     * @param problem why it could not be written, one sentence; else empty
     * @param source from where the file is to be fetched into the checkpoint's directory
     */
    public record Saved(
            RoleId role,
            int incarnation,
            long step,
            String file,
            String sha256,
            boolean finite,
            GateState gate,
            String problem,
            Optional<ActorRef<FileProtocol.Request>> source)
            implements Request {

        /** Of a state that was written, or is not finite. */
        public Saved(
                RoleId role,
                int incarnation,
                long step,
                String file,
                String sha256,
                boolean finite,
                GateState gate) {
            this(role, incarnation, step, file, sha256, finite, gate, "", Optional.empty());
        }

        /** Of a state that could not be written. */
        public static Saved failed(
                RoleId role, int incarnation, long step, GateState gate, String problem) {
            return new Saved(
                    role, incarnation, step, "", "", true, gate, problem, Optional.empty());
        }
    }

    /**
     * Answers {@link StudentProtocol.Evaluate}.
     *
     * @param top1 percent
     */
    public record Evaluated(int student, int incarnation, long step, double top1)
            implements Request {}

    /** All batches before {@code step} are finished and no more are drawn for now. */
    public record BarrierReached(int incarnation, long step) implements Request {}

    /** A batch does not get on although its frames were sent again. */
    public record Stalled(int incarnation, long batch, String waitingFor) implements Request {}

    /** End the run at the next possible step, with a checkpoint. */
    public record Cancel(String reason) implements Request {
        @JsonCreator
        public Cancel {}
    }
}
