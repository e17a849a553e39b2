package io.aktnode.actors.supervisor;

import akka.actor.typed.Behavior;
import akka.actor.typed.BehaviorInterceptor;
import akka.actor.typed.TypedActorContext;
import io.aktnode.protocol.control.SupervisorProtocol.Command;

/**
 * Ends the run with what its supervisor threw: the supervisor is stopped before anybody else hears
 * of it, and that alone would be no reason.
 */
final class LastWords extends BehaviorInterceptor<Command, Command> {

    private final RunEnd end;

    LastWords(RunEnd end) {
        super(Command.class);
        this.end = end;
    }

    @Override
    public Behavior<Command> aroundReceive(
            TypedActorContext<Command> context, Command message, ReceiveTarget<Command> target) {
        try {
            return target.apply(context, message);
        } catch (RuntimeException e) {
            end.fail("the supervisor failed: " + e);
            throw e;
        }
    }
}
