package io.aktnode.protocol.control;

import akka.actor.typed.ActorRef;
import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.Map;

/** What the generator is told. */
public final class GeneratorProtocol {

    private GeneratorProtocol() {}

    public interface Command {}

    public sealed interface Request extends Command, CborSerializable {}

    /**
     * Begin an incarnation; answered by {@code Restored}.
     *
     * @param noiseEpoch which noise the images come from; another one after each rollback
     * @param students those that take part, by id; the others are neither served nor waited for
     */
    public record Restore(
            Restoration restoration,
            int noiseEpoch,
            ActorRef<TeacherProtocol.Request> teacher,
            Map<Integer, ActorRef<StudentProtocol.Request>> students,
            ActorRef<SupervisorProtocol.Restored> replyTo)
            implements Request {

        public Restore {
            students = Map.copyOf(students);
        }
    }

    /** Draw batches up to, not including, {@code untilStep}; then answer {@code BarrierReached}. */
    public record Proceed(
            int incarnation, long untilStep, ActorRef<SupervisorProtocol.BarrierReached> replyTo)
            implements Request {}

    /** Draw no further batch; the barrier asked for last is reached once none is in flight. */
    public record Pause(int incarnation) implements Request {
        @JsonCreator
        public Pause {}
    }

    /** Write the state into a checkpoint's directory; answered by {@code Saved}. */
    public record Save(
            int incarnation,
            long step,
            String directory,
            ActorRef<SupervisorProtocol.Saved> replyTo)
            implements Request {}

    /**
     * A student has done all it will do with a batch.
     *
     * @param answered whether it has sent its input gradients for it
     */
    public record BatchFinished(int incarnation, long batch, int student, boolean answered)
            implements Request {}
}
