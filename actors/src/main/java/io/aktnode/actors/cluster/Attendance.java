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
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;

/**
 * Waits, however long, until each kind of role has a process in the cluster: before that a run
 * cannot begin, and whoever keeps a newer checkpoint of it may not be there yet.
 */
final class Attendance extends AbstractBehavior<Attendance.Command> {

    /** What it is told within its process. */
    sealed interface Command extends NoSerializationVerificationNeeded {}

    static final Duration SAY_AGAIN_AFTER = Duration.ofMinutes(1);

    private static final List<String> KINDS =
            List.of(HostKeys.GENERATOR, HostKeys.STUDENT, HostKeys.TEACHER);

    private record Present(String kind, boolean any) implements Command {}

    private enum SayAgain implements Command {
        INSTANCE
    }

    private final Runnable onEnd;

    /** Whether a process of that kind is there, as far as is known. */
    private final Map<String, Boolean> present = new TreeMap<>();

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
        Boolean before = present.put(message.kind(), message.any());
        if (present.size() < KINDS.size()) {
            return this;
        }
        if (!present.containsValue(false)) {
            onEnd.run();
            return Behaviors.stopped();
        }
        boolean news = before == null || before != message.any();
        return news ? say() : this;
    }

    private Behavior<Command> say() {
        String missing =
                KINDS.stream()
                        .filter(kind -> !present.getOrDefault(kind, false))
                        .collect(Collectors.joining(", "));
        getContext().getLog().info("waiting for processes for {}", missing);
        return this;
    }
}
