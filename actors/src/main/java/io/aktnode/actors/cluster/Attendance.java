package io.aktnode.actors.cluster;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.actor.typed.receptionist.Receptionist;
import java.time.Duration;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;

/**
 * Waits, however long, until each kind of role has a process in the cluster: before that a run
 * cannot begin, and whoever keeps a newer checkpoint of it may not be there yet.
 */
final class Attendance extends AbstractBehavior<Attendance.Command> {

    /** What it is told within its process. */
    sealed interface Command extends NoSerializationVerificationNeeded {}

    static final Duration SAY_AGAIN_AFTER = Duration.ofMinutes(1);

    private static final List<String> KINDS =
            List.of(HostKeys.GENERATOR, HostKeys.TEACHER, HostKeys.STUDENT);

    private record Present(String kind, boolean any) implements Command {}

    private enum SayAgain implements Command {
        INSTANCE
    }

    private final Runnable onEnd;
    private final Set<String> missing = new TreeSet<>(KINDS);

    /** Kinds of which nothing was heard yet. */
    private final Set<String> unknown = new TreeSet<>(KINDS);

    /**
     * @param onEnd run once, on another thread
     */
    static Behavior<Command> create(Runnable onEnd) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new Attendance(context, timers, onEnd)));
    }

    private Attendance(
            ActorContext<Command> context, TimerScheduler<Command> timers, Runnable onEnd) {
        super(context);
        this.onEnd = onEnd;
        ActorRef<Receptionist.Listing> listings =
                context.messageAdapter(Receptionist.Listing.class, Attendance::present);
        for (String kind : KINDS) {
            context.getSystem()
                    .receptionist()
                    .tell(Receptionist.subscribe(HostKeys.of(kind), listings));
        }
        timers.startTimerWithFixedDelay(SayAgain.INSTANCE, SAY_AGAIN_AFTER);
    }

    private static Present present(Receptionist.Listing listing) {
        String kind =
                KINDS.stream()
                        .filter(each -> listing.isForKey(HostKeys.of(each)))
                        .findFirst()
                        .orElseThrow();
        return new Present(kind, !listing.getServiceInstances(HostKeys.of(kind)).isEmpty());
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Present.class, this::onPresent)
                .onMessageEquals(SayAgain.INSTANCE, this::say)
                .build();
    }

    private Behavior<Command> onPresent(Present message) {
        boolean first = unknown.remove(message.kind());
        boolean news = message.any() ? missing.remove(message.kind()) : missing.add(message.kind());
        if (unknown.isEmpty() && missing.isEmpty()) {
            onEnd.run();
            return Behaviors.stopped();
        }
        return unknown.isEmpty() && (first || news) ? say() : this;
    }

    private Behavior<Command> say() {
        getContext().getLog().info("waiting for processes for {}", String.join(", ", missing));
        return this;
    }
}
