package io.aktnode.ops.node;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import akka.cluster.ClusterEvent.MemberEvent;
import akka.cluster.ClusterEvent.MemberRemoved;
import akka.cluster.Member;
import akka.cluster.MemberStatus;
import akka.cluster.UniqueAddress;
import akka.cluster.typed.Cluster;
import akka.cluster.typed.Subscribe;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A role that has joined and has nothing to do: it says which other roles are still missing, each
 * time that changes, and from time to time that it is still waiting.
 */
final class IdleRole extends AbstractBehavior<IdleRole.Command> {

    private static final Duration REMINDER = Duration.ofMinutes(5);

    private final String role;
    private final Cluster cluster;

    /** As the events told: what {@link Cluster} itself shows may be behind them. */
    private final Map<UniqueAddress, Member> members = new HashMap<>();

    private String said = "";

    /** What it hears. */
    interface Command {}

    private record Changed(MemberEvent event)
            implements Command, NoSerializationVerificationNeeded {}

    private enum Reminder implements Command {
        INSTANCE
    }

    static Behavior<Command> create(String role) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new IdleRole(context, timers, role)));
    }

    private IdleRole(ActorContext<Command> context, TimerScheduler<Command> timers, String role) {
        super(context);
        this.role = role;
        this.cluster = Cluster.get(context.getSystem());
        ActorRef<MemberEvent> changes = context.messageAdapter(MemberEvent.class, Changed::new);
        cluster.subscriptions().tell(Subscribe.create(changes, MemberEvent.class));
        timers.startTimerWithFixedDelay(Reminder.INSTANCE, REMINDER);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Changed.class, this::onChange)
                .onMessageEquals(Reminder.INSTANCE, this::onReminder)
                .build();
    }

    private Behavior<Command> onReminder() {
        said = "";
        return speak();
    }

    private Behavior<Command> onChange(Changed change) {
        Member member = change.event().member();
        if (change.event() instanceof MemberRemoved) {
            members.remove(member.uniqueAddress());
        } else {
            members.put(member.uniqueAddress(), member);
        }
        return speak();
    }

    private Behavior<Command> speak() {
        String sentence = sentence();
        if (!sentence.equals(said)) {
            said = sentence;
            getContext().getLog().info(sentence);
        }
        return this;
    }

    private String sentence() {
        Member self = members.get(cluster.selfMember().uniqueAddress());
        MemberStatus own = self == null ? MemberStatus.joining() : self.status();
        if (own == MemberStatus.joining() || own == MemberStatus.weaklyUp()) {
            return role + ": waiting to join the cluster";
        }
        if (own != MemberStatus.up()) {
            return role + ": leaving the cluster";
        }
        List<Member> up =
                members.values().stream()
                        .filter(member -> member.status() == MemberStatus.up())
                        .toList();
        List<String> missing = new ArrayList<>();
        for (String other : NodeSettings.ROLES) {
            boolean here = up.stream().anyMatch(member -> member.hasRole(other));
            if (!here && !other.equals(NodeSettings.ALL)) {
                missing.add(other);
            }
        }
        return missing.isEmpty()
                ? role
                        + ": all roles are here; this version runs a job in one process only"
                        + " (--role=all), so there is nothing to do"
                : role + ": waiting for " + String.join(", ", missing);
    }
}
