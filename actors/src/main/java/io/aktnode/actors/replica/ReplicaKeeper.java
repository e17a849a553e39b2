package io.aktnode.actors.replica;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import io.aktnode.actors.checkpoint.CheckpointCopies;
import io.aktnode.actors.checkpoint.CheckpointException;
import io.aktnode.actors.checkpoint.CheckpointShelf;
import io.aktnode.actors.checkpoint.CheckpointStore;
import io.aktnode.actors.transfer.FileFetcher;
import io.aktnode.actors.transfer.FileOrder;
import io.aktnode.protocol.control.ReplicaProtocol;
import io.aktnode.protocol.control.ReplicaProtocol.Command;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Keeps copies of the leading process's checkpoints in the directory from which this process would
 * go on, file by file. Training does not depend on it: a copy that does not succeed is dropped and
 * the next checkpoint awaited; of checkpoints that come while one is being copied the newest is
 * copied next. Reads and writes files: runs on a dispatcher for blocking work.
 */
public final class ReplicaKeeper extends AbstractBehavior<Command> {

    static final ServiceKey<ReplicaProtocol.Request> KEY =
            ServiceKey.create(ReplicaProtocol.Request.class, "akt-replica");

    /** This process leads now: its directory is the run's. */
    public enum Stop implements Command, NoSerializationVerificationNeeded {
        INSTANCE
    }

    /** A file is here, or why not. */
    private record Fetched(ReplicaProtocol.Offer of, Optional<String> problem)
            implements Command, NoSerializationVerificationNeeded {}

    private final CheckpointCopies copies;
    private final Deque<Map.Entry<String, String>> files = new ArrayDeque<>();

    /** What is being copied, and what is to be next. */
    private Optional<ReplicaProtocol.Offer> current = Optional.empty();

    private Optional<ReplicaProtocol.Offer> next = Optional.empty();

    /**
     * @param store makes a store that this actor alone uses until it has stopped
     */
    public static Behavior<Command> create(Supplier<CheckpointStore> store) {
        Behavior<Command> keeper =
                Behaviors.setup(
                        context -> new ReplicaKeeper(context, new CheckpointCopies(store.get())));
        return Behaviors.supervise(keeper)
                .onFailure(RuntimeException.class, SupervisorStrategy.restart());
    }

    /** Where its files may block it. */
    public static DispatcherSelector dispatcher() {
        return DispatcherSelector.blocking();
    }

    private ReplicaKeeper(ActorContext<Command> context, CheckpointCopies copies) {
        super(context);
        this.copies = copies;
        context.getSystem()
                .receptionist()
                .tell(Receptionist.register(KEY, context.getSelf().narrow()));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(ReplicaProtocol.Offer.class, this::onOffer)
                .onMessage(Fetched.class, this::onFetched)
                .onMessageEquals(Stop.INSTANCE, this::onStop)
                .build();
    }

    private Behavior<Command> onOffer(ReplicaProtocol.Offer offer) {
        if (current.isPresent()) {
            next = Optional.of(offer);
        } else {
            begin(offer);
        }
        return this;
    }

    private void begin(ReplicaProtocol.Offer offer) {
        try {
            if (copies.wants(offer.step(), offer.sums())) {
                files.clear();
                files.addAll(copies.begin(offer.step(), offer.sums()).entrySet());
                current = Optional.of(offer);
                fetch(offer);
            }
        } catch (CheckpointException e) {
            giveUp(offer, e.getMessage());
        }
    }

    private void fetch(ReplicaProtocol.Offer offer) {
        Map.Entry<String, String> file = files.remove();
        FileFetcher.spawn(
                getContext(),
                new FileOrder(
                        offer.source(),
                        CheckpointShelf.name(offer.step(), file.getKey()),
                        file.getValue(),
                        copies.writing().resolve(file.getKey())),
                problem -> getContext().getSelf().tell(new Fetched(offer, problem)));
    }

    private Behavior<Command> onFetched(Fetched message) {
        ReplicaProtocol.Offer offer = message.of();
        if (!current.equals(Optional.of(offer))) {
            return this;
        }
        if (message.problem().isPresent()) {
            giveUp(offer, message.problem().get());
        } else if (files.isEmpty()) {
            complete(offer);
        } else {
            fetch(offer);
            return this;
        }
        current = Optional.empty();
        Optional<ReplicaProtocol.Offer> waiting = next;
        next = Optional.empty();
        waiting.ifPresent(this::begin);
        return this;
    }

    private void complete(ReplicaProtocol.Offer offer) {
        try {
            copies.complete(offer.step(), offer.sums());
            getContext().getLog().info("the checkpoint of step {} is copied", offer.step());
        } catch (CheckpointException e) {
            giveUp(offer, e.getMessage());
        }
    }

    private void giveUp(ReplicaProtocol.Offer offer, String why) {
        getContext()
                .getLog()
                .warn(
                        "no copy of the checkpoint of step {}: {}; the next one is tried",
                        offer.step(),
                        why);
        copies.abandon();
    }

    private Behavior<Command> onStop() {
        copies.abandon();
        return Behaviors.stopped();
    }
}
