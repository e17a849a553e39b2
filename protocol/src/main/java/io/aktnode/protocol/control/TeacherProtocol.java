package io.aktnode.protocol.control;

import akka.actor.typed.ActorRef;

/** What the teacher is told; its work comes as frames. */
public final class TeacherProtocol {

    private TeacherProtocol() {}

    public interface Command {}

    public sealed interface Request extends Command, CborSerializable {}

    /** Begin an incarnation; answered by {@code Restored}. */
    public record Restore(Restoration restoration, ActorRef<SupervisorProtocol.Restored> replyTo)
            implements Request {}

    /** The generator has given a batch up: nothing more comes for it. */
    public record Abandon(int incarnation, long batch) implements Request {}
}
