package io.aktnode.ops.node;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.cluster.UniqueAddress;
import io.aktnode.protocol.control.SeedProtocol.Answer;
import io.aktnode.protocol.control.SeedProtocol.Ask;
import io.aktnode.protocol.control.SeedProtocol.Command;
import java.time.Duration;
import java.util.Set;
import java.util.function.Consumer;
import java.util.function.Supplier;

/**
 * Finds out that the first seed is in another cluster. A first seed that was lost and is started
 * again knows nobody to join and begins a cluster of its own, where it would wait for ever while
 * the others wait for it. They know where it is, so that it is they who come.
 *
 * <p>Asks the seed as long as it is no member here, and answers those for whom this node is the
 * seed.
 */
final class SeedWatch extends AbstractBehavior<Command> {

    static final String NAME = "akt-seed-watch";

    /** One that has just been started may be on its way into this cluster. */
    private static final int ANSWERS_NEEDED = 2;

    private record Answered(boolean together)
            implements Command, NoSerializationVerificationNeeded {}

    private enum Look implements Command, NoSerializationVerificationNeeded {
        INSTANCE
    }

    private final UniqueAddress self;
    private final Supplier<Set<UniqueAddress>> members;
    private final Consumer<Ask> seed;
    private final String seedAddress;
    private final Runnable onApart;
    private final ActorRef<Answer> answers;
    private int apart;

    /**
     * @param self this node
     * @param members those of this node's cluster, from any thread
     * @param seedAddress the first seed as Akka writes it, this node's own included
     * @param seed sends a question there, or nowhere
     * @param every how often it is asked
     * @param onApart run once, on the actor's thread
     */
    static Behavior<Command> create(
            UniqueAddress self,
            Supplier<Set<UniqueAddress>> members,
            String seedAddress,
            Consumer<Ask> seed,
            Duration every,
            Runnable onApart) {
        return Behaviors.setup(
                context ->
                        Behaviors.withTimers(
                                timers -> {
                                    timers.startTimerWithFixedDelay(Look.INSTANCE, every);
                                    return new SeedWatch(
                                            context, self, members, seedAddress, seed, onApart);
                                }));
    }

    private SeedWatch(
            ActorContext<Command> context,
            UniqueAddress self,
            Supplier<Set<UniqueAddress>> members,
            String seedAddress,
            Consumer<Ask> seed,
            Runnable onApart) {
        super(context);
        this.self = self;
        this.members = members;
        this.seedAddress = seedAddress;
        this.seed = seed;
        this.onApart = onApart;
        this.answers =
                context.messageAdapter(Answer.class, answer -> new Answered(answer.together()));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessageEquals(Look.INSTANCE, this::onLook)
                .onMessage(Ask.class, this::onAsk)
                .onMessage(Answered.class, this::onAnswered)
                .build();
    }

    private Behavior<Command> onAsk(Ask question) {
        boolean together =
                members.get().stream()
                        .anyMatch(
                                member ->
                                        member.longUid() == question.uid()
                                                && member.address()
                                                        .toString()
                                                        .equals(question.address()));
        question.replyTo().tell(new Answer(together));
        return this;
    }

    /** Whether the seed is here, or this node not even in a cluster yet. */
    private boolean nothingToAsk() {
        Set<UniqueAddress> now = members.get();
        return !now.contains(self)
                || now.stream().anyMatch(member -> member.address().toString().equals(seedAddress));
    }

    private Behavior<Command> onLook() {
        if (nothingToAsk()) {
            apart = 0;
        } else {
            seed.accept(new Ask(self.address().toString(), self.longUid(), answers));
        }
        return this;
    }

    private Behavior<Command> onAnswered(Answered answer) {
        if (answer.together() || nothingToAsk()) {
            apart = 0;
            return this;
        }
        apart++;
        if (apart == ANSWERS_NEEDED) {
            getContext()
                    .getLog()
                    .warn(
                            "the first seed, {}, is in a cluster without this node: it was started"
                                    + " again, or put out; this node goes there",
                            seedAddress);
            onApart.run();
        }
        return this;
    }
}
