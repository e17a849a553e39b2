package io.aktnode.actors.replica;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.SupervisorStrategy;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.receptionist.Receptionist;
import akka.actor.typed.receptionist.ServiceKey;
import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointCopies;
import io.aktnode.actors.checkpoint.CheckpointException;
import io.aktnode.actors.checkpoint.CheckpointShelf;
import io.aktnode.actors.checkpoint.CheckpointStore;
import io.aktnode.actors.transfer.FileFetcher;
import io.aktnode.actors.transfer.FileOrder;
import io.aktnode.actors.transfer.FileSource;
import io.aktnode.protocol.control.FileProtocol;
import io.aktnode.protocol.control.Passport;
import io.aktnode.protocol.control.ReplicaProtocol;
import io.aktnode.protocol.control.ReplicaProtocol.Command;
import java.io.IOException;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * Keeps copies of the leading process's checkpoints in the directory from which this process would
 * go on, file by file, and tells who is to lead which one is here. Training does not depend on it:
 * a copy that does not succeed is dropped and the next checkpoint awaited; of checkpoints that come
 * while one is being copied the newest is copied next. Reads and writes files: runs on a dispatcher
 * for blocking work.
 */
public final class ReplicaKeeper extends AbstractBehavior<Command> {

    /** This process leads now: its directory is the run's. */
    public enum Stop implements Command, NoSerializationVerificationNeeded {
        INSTANCE
    }

    /** A file is here, or why not. */
    private record Fetched(IncomingCopy of, Optional<String> problem)
            implements Command, NoSerializationVerificationNeeded {}

    private final CheckpointCopies copies;

    /** Of what is kept here, for who is to lead. */
    private final ActorRef<FileProtocol.Request> shelf;

    /** What is being copied, and what is to be next. */
    private Optional<IncomingCopy> current = Optional.empty();

    private Optional<ReplicaProtocol.Offer> next = Optional.empty();

    /**
     * @param group of the run, see {@link Passport#group}
     * @param store makes a store that this actor alone uses until it has stopped
     */
    public static Behavior<Command> create(String group, Supplier<CheckpointStore> store) {
        Behavior<Command> keeper =
                Behaviors.setup(
                        context ->
                                new ReplicaKeeper(
                                        context, group, new CheckpointCopies(store.get())));
        return Behaviors.supervise(keeper)
                .onFailure(RuntimeException.class, SupervisorStrategy.restart());
    }

    /**
     * Lets an actor hear of all keepers of a run in the cluster, now and whenever there are others.
     *
     * @param present makes a message of them
     */
    static <T> void subscribe(
            ActorContext<T> context,
            String group,
            Function<Set<ActorRef<ReplicaProtocol.Request>>, T> present) {
        ServiceKey<ReplicaProtocol.Request> key = key(group);
        ActorRef<Receptionist.Listing> listings =
                context.messageAdapter(
                        Receptionist.Listing.class,
                        listing -> present.apply(listing.getServiceInstances(key)));
        context.getSystem().receptionist().tell(Receptionist.subscribe(key, listings));
    }

    /** Another run's checkpoints are none of this one's business. */
    static ServiceKey<ReplicaProtocol.Request> key(String group) {
        return ServiceKey.create(ReplicaProtocol.Request.class, "akt-replica-" + group);
    }

    /** Where its files may block it. */
    public static DispatcherSelector dispatcher() {
        return DispatcherSelector.blocking();
    }

    private ReplicaKeeper(ActorContext<Command> context, String group, CheckpointCopies copies) {
        super(context);
        this.copies = copies;
        this.shelf = FileSource.spawn(context, "files", new CheckpointShelf(copies.directory()));
        context.getSystem()
                .receptionist()
                .tell(Receptionist.register(key(group), context.getSelf().narrow()));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(ReplicaProtocol.Offer.class, this::onOffer)
                .onMessage(Fetched.class, this::onFetched)
                .onMessage(ReplicaProtocol.Inquire.class, this::onInquire)
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
                IncomingCopy copy = new IncomingCopy(copies, offer);
                current = Optional.of(copy);
                fetchOrComplete(copy);
            }
        } catch (CheckpointException e) {
            giveUp(offer, e.getMessage());
        }
    }

    private Behavior<Command> onFetched(Fetched message) {
        if (current.isEmpty() || current.get() != message.of()) {
            return this;
        }
        message.problem()
                .ifPresentOrElse(
                        why -> giveUp(message.of().offer(), why),
                        () -> fetchOrComplete(message.of()));
        if (current.isEmpty()) {
            Optional<ReplicaProtocol.Offer> waiting = next;
            next = Optional.empty();
            waiting.ifPresent(this::begin);
        }
        return this;
    }

    private void fetchOrComplete(IncomingCopy copy) {
        Optional<FileOrder> file = copy.next();
        if (file.isPresent()) {
            FileFetcher.spawn(
                    getContext(),
                    file.get(),
                    problem -> getContext().getSelf().tell(new Fetched(copy, problem)));
        } else {
            complete(copy);
        }
    }

    private void complete(IncomingCopy copy) {
        try {
            long step = copy.complete().step();
            current = Optional.empty();
            getContext().getLog().info("the checkpoint of step {} is copied", step);
        } catch (CheckpointException e) {
            giveUp(copy.offer(), e.getMessage());
        }
    }

    private void giveUp(ReplicaProtocol.Offer offer, String why) {
        getContext()
                .getLog()
                .warn(
                        "no copy of the checkpoint of step {}: {}; the next one is tried",
                        offer.step(),
                        why);
        current = Optional.empty();
        copies.abandon();
    }

    private Behavior<Command> onInquire(ReplicaProtocol.Inquire message) {
        message.replyTo().tell(new ReplicaProtocol.Kept(keepsake()));
        return this;
    }

    private Optional<ReplicaProtocol.Keepsake> keepsake() {
        try {
            Optional<Checkpoint> newest = copies.newest();
            if (newest.isEmpty()) {
                return Optional.empty();
            }
            Checkpoint kept = newest.get();
            return Optional.of(
                    new ReplicaProtocol.Keepsake(
                            ReplicaSource.offer(kept.step(), kept.directory(), shelf),
                            kept.manifest().incarnation(),
                            kept.manifest().settings()));
        } catch (CheckpointException | IOException e) {
            getContext()
                    .getLog()
                    .warn("nothing that is kept here can be gone on from ({})", e.getMessage());
            return Optional.empty();
        }
    }

    private Behavior<Command> onStop() {
        copies.abandon();
        return Behaviors.stopped();
    }
}
