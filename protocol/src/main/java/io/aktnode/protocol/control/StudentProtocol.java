package io.aktnode.protocol.control;

import akka.actor.typed.ActorRef;
import com.fasterxml.jackson.annotation.JsonCreator;

/** What a student is told; its work comes as frames. */
public final class StudentProtocol {

    private StudentProtocol() {}

    public interface Command {}

    public sealed interface Request extends Command, CborSerializable {}

    /**
     * Begin an incarnation; answered by {@code Restored}.
     *
     * @param trainsFrom the first batch whose gradients it applies; before, it only calibrates
     * @param readFrom the first batch whose logits the generator reads, if it reads any
     */
    public record Restore(
            Restoration restoration,
            long trainsFrom,
            long readFrom,
            ActorRef<GeneratorProtocol.Request> generator,
            ActorRef<SupervisorProtocol.Restored> replyTo)
            implements Request {}

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

    /** Measure the accuracy on the held-out images; answered by {@code Evaluated}. */
    public record Evaluate(
            int incarnation, long step, ActorRef<SupervisorProtocol.Evaluated> replyTo)
            implements Request {}

    /** The generator has given a batch up: drop it. */
    public record Abandon(int incarnation, long batch) implements Request {}

    /** The generator did not wait for this student's logits: train without its gradients. */
    public record LeaveOut(int incarnation, long batch) implements Request {}

    /** This student takes no part any more: free all that is held and stop. */
    public record Retire(String reason) implements Request {
        @JsonCreator
        public Retire {}
    }
}
