package io.aktnode.actors.supervisor;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.BehaviorInterceptor;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.TypedActorContext;
import akka.actor.typed.javadsl.Behaviors;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.frame.RoleId;
import java.time.Duration;
import java.util.function.Consumer;

/**
 * Tells why an actor threw, before anybody else hears of it. A role tells the supervisor and is
 * restarted: made anew, it reports itself up and waits for a restoration. A role that cannot be
 * made at all stops.
 *
 * @param <T> the actor's commands
 */
public final class FailureReporter<T> extends BehaviorInterceptor<T, T> {

    /** One that throws while it is made anew is made anew at once, again and again. */
    private static final int ATTEMPTS = 20;

    private static final Duration WITHIN = Duration.ofMinutes(1);

    private final Consumer<RuntimeException> listener;

    private FailureReporter(Class<T> commands, Consumer<RuntimeException> listener) {
        super(commands);
        this.listener = listener;
    }

    /**
     * @param listener told what the behavior throws
     */
    static <T> Behavior<T> telling(
            Class<T> commands, Consumer<RuntimeException> listener, Behavior<T> behavior) {
        return Behaviors.intercept(() -> new FailureReporter<>(commands, listener), behavior);
    }

    public static <T> Behavior<T> restarting(
            Class<T> commands,
            RoleId role,
            ActorRef<SupervisorProtocol.Request> supervisor,
            Behavior<T> behavior) {
        return Behaviors.supervise(
                        telling(
                                commands,
                                e ->
                                        supervisor.tell(
                                                new SupervisorProtocol.RoleFailed(
                                                        role, describe(e))),
                                behavior))
                .onFailure(
                        Exception.class, SupervisorStrategy.restart().withLimit(ATTEMPTS, WITHIN));
    }

    @Override
    public Behavior<T> aroundReceive(
            TypedActorContext<T> context, T message, ReceiveTarget<T> target) {
        try {
            return target.apply(context, message);
        } catch (RuntimeException e) {
            listener.accept(e);
            throw e;
        }
    }

    private static String describe(RuntimeException e) {
        return e.getMessage() == null
                ? e.getClass().getSimpleName()
                : e.getClass().getSimpleName() + ": " + e.getMessage();
    }
}
