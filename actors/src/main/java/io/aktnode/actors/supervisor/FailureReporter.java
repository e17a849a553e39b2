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

/**
 * Tells the supervisor why a role threw, then lets it be restarted: made anew, it reports itself up
 * and waits for a restoration. A role that cannot be made at all stops.
 *
 * @param <T> the role's commands
 */
public final class FailureReporter<T> extends BehaviorInterceptor<T, T> {

    /** One that throws while it is made anew is made anew at once, again and again. */
    private static final int ATTEMPTS = 20;

    private static final Duration WITHIN = Duration.ofMinutes(1);

    private final RoleId role;
    private final ActorRef<SupervisorProtocol.Request> supervisor;

    private FailureReporter(
            Class<T> commands, RoleId role, ActorRef<SupervisorProtocol.Request> supervisor) {
        super(commands);
        this.role = role;
        this.supervisor = supervisor;
    }

    public static <T> Behavior<T> restarting(
            Class<T> commands,
            RoleId role,
            ActorRef<SupervisorProtocol.Request> supervisor,
            Behavior<T> behavior) {
        return Behaviors.supervise(
                        Behaviors.intercept(
                                () -> new FailureReporter<>(commands, role, supervisor), behavior))
                .onFailure(
                        Exception.class, SupervisorStrategy.restart().withLimit(ATTEMPTS, WITHIN));
    }

    @Override
    public Behavior<T> aroundReceive(
            TypedActorContext<T> context, T message, ReceiveTarget<T> target) {
        try {
            return target.apply(context, message);
        } catch (RuntimeException e) {
            supervisor.tell(new SupervisorProtocol.RoleFailed(role, describe(e)));
            throw e;
        }
    }

    private static String describe(RuntimeException e) {
        return e.getMessage() == null
                ? e.getClass().getSimpleName()
                : e.getClass().getSimpleName() + ": " + e.getMessage();
    }
}
