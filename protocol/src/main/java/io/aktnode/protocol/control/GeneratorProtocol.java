package io.aktnode.protocol.control;

import akka.actor.typed.ActorRef;
import com.fasterxml.jackson.annotation.JsonCreator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What the generator is told. */
public final class GeneratorProtocol {

    private GeneratorProtocol() {}

    public interface Command {}

    public sealed interface Request extends Command, CborSerializable {}

    /**
     * Begin an incarnation; answered by {@code Restored}.
     *
     * @param noiseEpoch which noise the images come from; another one after each rollback
     * @param teachers those that share the batches, by instance; at least one
     * @param students those that take part, by id; the others are neither served nor waited for
     * @param readFrom the first batch whose logits of a student are read, by its id; 0 for those
     *     not named
     */
    public record Restore(
            Restoration restoration,
            int noiseEpoch,
            Map<Integer, ActorRef<TeacherProtocol.Request>> teachers,
            Map<Integer, ActorRef<StudentProtocol.Request>> students,
            Map<Integer, Long> readFrom,
            ActorRef<SupervisorProtocol.Restored> replyTo)
            implements Request {

        public Restore {
            teachers = Map.copyOf(teachers);
            students = Map.copyOf(students);
            readFrom = Map.copyOf(readFrom);
        }
    }

    /**
     * From now on these teachers share the batches; what one that is gone has not answered goes to
     * the others.
     *
     * @param teachers by instance; at least one
     * @param peers where all roles receive their frames
     */
    public record Teachers(
            int incarnation,
            Map<Integer, ActorRef<TeacherProtocol.Request>> teachers,
            List<Restoration.Peer> peers)
            implements Request {

        public Teachers {
            teachers = Map.copyOf(teachers);
            peers = List.copyOf(peers);
        }
    }

    /** From now on only these students take part: the others are not waited for any more. */
    public record Students(int incarnation, Set<Integer> students) implements Request {

        public Students {
            students = Set.copyOf(students);
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

    /**
     * Save the state; answered by {@code Saved}.
     *
     * @param directory of the checkpoint, to be written into; empty if this role may not see its
     *     disk: then the state is held until it is fetched
     */
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
