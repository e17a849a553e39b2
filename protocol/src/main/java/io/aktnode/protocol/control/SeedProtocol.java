package io.aktnode.protocol.control;

import akka.actor.typed.ActorRef;
import com.fasterxml.jackson.annotation.JsonCreator;

/** How a node learns whether the seed it came by is still in the same cluster as it is. */
public final class SeedProtocol {

    private SeedProtocol() {}

    public interface Command {}

    public sealed interface Request extends Command, CborSerializable {}

    public sealed interface Reply extends CborSerializable {}

    /**
     * Is this node in your cluster?
     *
     * @param address as Akka writes it, {@code akka://akt@10.0.0.5:25520}
     * @param uid which of the processes that had this address
     */
    public record Ask(String address, long uid, ActorRef<Answer> replyTo) implements Request {}

    /**
     * @param together whether it is
     */
    public record Answer(boolean together) implements Reply {
        @JsonCreator
        public Answer {}
    }
}
