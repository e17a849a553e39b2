package io.aktnode.protocol.control;

import akka.actor.typed.ActorRef;
import java.util.Set;

/** What a teacher is told; its work comes as frames. */
public final class TeacherProtocol {

    private TeacherProtocol() {}

    public interface Command {}

    public sealed interface Request extends Command, CborSerializable {}

    /**
     * Begin an incarnation; answered by {@code Restored}.
     *
     * @param students ids of those that take part; the others get no knowledge
     */
    public record Restore(
            Restoration restoration,
            Set<Integer> students,
            ActorRef<SupervisorProtocol.Restored> replyTo)
            implements Request {

        public Restore {
            students = Set.copyOf(students);
        }
    }

    /** From now on only these students take part. */
    public record Students(int incarnation, Set<Integer> students) implements Request {

        public Students {
            students = Set.copyOf(students);
        }
    }

    /** The generator has given a batch up: nothing more comes for it. */
    public record Abandon(int incarnation, long batch) implements Request {}
}
