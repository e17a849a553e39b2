package io.aktnode.actors.replica;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointShelf;
import io.aktnode.actors.transfer.FileSource;
import io.aktnode.protocol.control.FileProtocol;
import io.aktnode.protocol.control.ReplicaProtocol;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.HashSet;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Offers the run's newest checkpoint to the {@link ReplicaKeeper} of every other process, when
 * there is a new one and when there is a new keeper. Reads a file: runs on a dispatcher for
 * blocking work.
 */
public final class ReplicaSource extends AbstractBehavior<ReplicaSource.Command> {

    /** What it is told within its process. */
    public sealed interface Command extends NoSerializationVerificationNeeded {}

    /** A checkpoint is the run's newest: because it is new, or because the run has gone back. */
    public record Newest(long step, Path directory) implements Command {}

    private record Present(Set<ActorRef<ReplicaProtocol.Request>> keepers) implements Command {}

    private final Predicate<ActorRef<?>> elsewhere;
    private final Set<ActorRef<ReplicaProtocol.Request>> keepers = new HashSet<>();
    private Optional<ReplicaProtocol.Offer> offer = Optional.empty();
    private final ActorRef<FileProtocol.Request> files;

    /**
     * Starts one as a child, on a dispatcher where it may block.
     *
     * @param group of the run, see {@link io.aktnode.protocol.control.Passport#group}
     * @param checkpoints where the run's checkpoints lie
     */
    public static ActorRef<Command> spawn(
            ActorContext<?> parent, String name, String group, Path checkpoints) {
        // What lies on this process's own disk needs no copy there.
        return parent.spawn(
                create(group, checkpoints, keeper -> !keeper.path().address().hasLocalScope()),
                name,
                DispatcherSelector.blocking());
    }

    static Behavior<Command> create(
            String group, Path checkpoints, Predicate<ActorRef<?>> elsewhere) {
        return Behaviors.setup(
                context -> new ReplicaSource(context, group, checkpoints, elsewhere));
    }

    private ReplicaSource(
            ActorContext<Command> context,
            String group,
            Path checkpoints,
            Predicate<ActorRef<?>> elsewhere) {
        super(context);
        this.elsewhere = elsewhere;
        this.files = FileSource.spawn(context, "files", new CheckpointShelf(checkpoints));
        ReplicaKeeper.subscribe(context, group, Present::new);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Newest.class, this::onNewest)
                .onMessage(Present.class, this::onPresent)
                .build();
    }

    private Behavior<Command> onNewest(Newest message) {
        try {
            offer = Optional.of(offer(message.step(), message.directory(), files));
        } catch (IOException e) {
            getContext()
                    .getLog()
                    .warn("{} is not offered for copying ({})", message.directory(), e.toString());
            return this;
        }
        keepers.forEach(keeper -> keeper.tell(offer.get()));
        return this;
    }

    /** A checkpoint for others to copy. */
    static ReplicaProtocol.Offer offer(
            long step, Path directory, ActorRef<FileProtocol.Request> files) throws IOException {
        String sums =
                Files.readString(directory.resolve(Checkpoint.SUMS), StandardCharsets.ISO_8859_1);
        return new ReplicaProtocol.Offer(step, sums, files);
    }

    private Behavior<Command> onPresent(Present message) {
        Set<ActorRef<ReplicaProtocol.Request>> others = new HashSet<>(message.keepers());
        others.removeIf(elsewhere.negate());
        others.stream()
                .filter(keeper -> !keepers.contains(keeper))
                .forEach(keeper -> offer.ifPresent(keeper::tell));
        keepers.clear();
        keepers.addAll(others);
        return this;
    }
}
