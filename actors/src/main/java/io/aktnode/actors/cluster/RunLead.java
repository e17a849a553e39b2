package io.aktnode.actors.cluster;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.ChildFailed;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.aktnode.actors.replica.Inheritance;
import io.aktnode.actors.replica.ReplicaKeeper;
import io.aktnode.actors.replica.ReplicaSource;
import io.aktnode.actors.run.Guest;
import io.aktnode.actors.run.RoleFactory;
import io.aktnode.actors.run.RunEnvironment;
import io.aktnode.actors.run.RunFailedException;
import io.aktnode.actors.run.RunListener;
import io.aktnode.actors.run.RunOutcome;
import io.aktnode.actors.run.RunPreparation;
import io.aktnode.actors.run.RunSpec;
import io.aktnode.actors.run.RunUnhealthyException;
import io.aktnode.actors.supervisor.SupervisorActor;
import io.aktnode.actors.supervisor.SupervisorConfig;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.protocol.control.CrewProtocol;
import io.aktnode.protocol.control.HostProtocol;
import io.aktnode.protocol.control.Passport;
import io.aktnode.protocol.control.ReplicaProtocol;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.frame.FrameKey;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.Executor;
import java.util.function.Consumer;
import java.util.function.Supplier;
import java.util.stream.Collectors;

/**
 * Leads a run over the cluster from the one node where it lives: parent of the supervisor, of the
 * keeper of its crew, and of the source of copies for others' disks. A run is resumed only when
 * each kind of role has a process, from the newest checkpoint that any supervising process keeps.
 * As a cluster singleton there is one at a time.
 */
public final class RunLead extends AbstractBehavior<RunLead.Command> {

    /** What it is told within its process. */
    public sealed interface Command {}

    /**
     * Begin, or go on with, a run.
     *
     * @param roles for the run's identity only
     * @param job for the processes that bear its roles
     * @param end completed when it has ended, exceptionally also when this node is not the one that
     *     leads any more
     */
    record Begin(
            RunSpec spec,
            RoleFactory roles,
            RunListener listener,
            RunEnvironment environment,
            String job,
            CompletableFuture<RunOutcome> end)
            implements Command, NoSerializationVerificationNeeded {}

    /** End the run at the next possible step. */
    record Cancel(String reason) implements Command, NoSerializationVerificationNeeded {}

    /** A checkpoint is the run's newest; others' disks are to have a copy. */
    record Newest(long step, Path directory)
            implements Command, NoSerializationVerificationNeeded {}

    /** The run's results are on this process's disk: it can be told to all that it is done. */
    public enum ResultsWritten implements Command, NoSerializationVerificationNeeded {
        INSTANCE
    }

    private enum KeeperStopped implements Command, NoSerializationVerificationNeeded {
        INSTANCE
    }

    /** Each kind of role has a process. */
    private enum AllThere implements Command, NoSerializationVerificationNeeded {
        INSTANCE
    }

    /** The newest checkpoint of the run is on this process's disk. */
    private enum Inherited implements Command, NoSerializationVerificationNeeded {
        INSTANCE
    }

    private record Prepared(SupervisorConfig supervision)
            implements Command, NoSerializationVerificationNeeded {}

    /** The run cannot start. */
    private record Unprepared(Throwable why)
            implements Command, NoSerializationVerificationNeeded {}

    private record Ended(HostProtocol.Dismiss dismissal)
            implements Command, NoSerializationVerificationNeeded {}

    private final Passport passport;
    private final Supplier<Optional<FrameKey>> frameKeys;
    private final Consumer<ActorRef<Command>> onLead;
    private ActorRef<SupervisorProtocol.Command> supervisor;
    private ActorRef<CrewProtocol.Command> crew;
    private ActorRef<ReplicaSource.Command> copies;

    /** What the run waits for before its supervisor is there. */
    private Optional<ActorRef<?>> waiting = Optional.empty();

    private Begin begin;
    private Optional<Cancel> cancelled = Optional.empty();
    private boolean written;

    /** How the run has ended, until the processes are told. */
    private Optional<HostProtocol.Dismiss> dismissal = Optional.empty();

    /**
     * @param keeper of this process's copies of another lead's checkpoints; stopped first, because
     *     from now on their directory is the run's
     * @param onLead told when this node has become the one that leads
     * @param passport shown to the processes
     * @param frameKeys asked at each beginning; one only where the control plane, which it is
     *     handed out over, is encrypted
     */
    public static Behavior<Command> create(
            ActorRef<ReplicaProtocol.Command> keeper,
            Consumer<ActorRef<Command>> onLead,
            Passport passport,
            Supplier<Optional<FrameKey>> frameKeys) {
        return Behaviors.setup(
                context -> new RunLead(context, keeper, onLead, passport, frameKeys));
    }

    private RunLead(
            ActorContext<Command> context,
            ActorRef<ReplicaProtocol.Command> keeper,
            Consumer<ActorRef<Command>> onLead,
            Passport passport,
            Supplier<Optional<FrameKey>> frameKeys) {
        super(context);
        this.onLead = onLead;
        this.passport = passport;
        this.frameKeys = frameKeys;
        context.watchWith(keeper, KeeperStopped.INSTANCE);
        keeper.tell(ReplicaKeeper.Stop.INSTANCE);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Begin.class, this::onBegin)
                .onMessageEquals(AllThere.INSTANCE, this::onAllThere)
                .onMessageEquals(Inherited.INSTANCE, this::onInherited)
                .onMessage(Prepared.class, this::onPrepared)
                .onMessage(Unprepared.class, this::onUnprepared)
                .onMessage(Cancel.class, this::onCancel)
                .onMessage(Newest.class, this::onNewest)
                .onMessageEquals(KeeperStopped.INSTANCE, this::onKeeperStopped)
                .onMessage(Ended.class, this::onEnded)
                .onMessageEquals(ResultsWritten.INSTANCE, this::onResultsWritten)
                .onSignal(ChildFailed.class, this::onChildFailed)
                .onSignal(Terminated.class, ended -> this)
                .build();
    }

    private Behavior<Command> onBegin(Begin message) {
        begin = message;
        if (message.spec().resume()) {
            ActorRef<Command> self = getContext().getSelf();
            await(
                    getContext()
                            .spawn(
                                    Attendance.create(() -> self.tell(AllThere.INSTANCE)),
                                    "attendance"));
        } else {
            prepare();
        }
        return this;
    }

    private Behavior<Command> onAllThere() {
        if (waiting.isPresent()) {
            ActorRef<Command> self = getContext().getSelf();
            await(
                    Inheritance.spawn(
                            getContext(),
                            "inheritance",
                            passport.group(),
                            RunPreparation.store(begin.spec(), begin.environment()),
                            RunPreparation.settings(begin.spec(), begin.roles()),
                            () -> self.tell(Inherited.INSTANCE)));
        }
        return this;
    }

    private Behavior<Command> onInherited() {
        if (waiting.isPresent()) {
            waiting = Optional.empty();
            prepare();
        }
        return this;
    }

    private void await(ActorRef<?> child) {
        waiting = Optional.of(child);
        getContext().watch(child);
    }

    /** Reads checkpoints, so not on this actor's thread. */
    private void prepare() {
        Begin of = begin;
        RunListener listener = new CopyingListener(of.listener(), getContext().getSelf());
        Executor blocking =
                getContext().getSystem().dispatchers().lookup(DispatcherSelector.blocking());
        getContext()
                .pipeToSelf(
                        CompletableFuture.supplyAsync(
                                () ->
                                        RunPreparation.prepare(
                                                of.spec(),
                                                of.roles(),
                                                listener,
                                                of.environment(),
                                                true),
                                blocking),
                        (supervision, failure) ->
                                failure == null
                                        ? new Prepared(supervision)
                                        : new Unprepared(failure));
    }

    private Behavior<Command> onUnprepared(Unprepared message) {
        begin.end().completeExceptionally(message.why());
        return this;
    }

    private Behavior<Command> onPrepared(Prepared message) {
        SupervisorConfig supervision = message.supervision();
        copies =
                ReplicaSource.spawn(
                        getContext(), "copies", passport.group(), supervision.store().directory());
        supervision
                .start()
                .ifPresent(
                        found ->
                                copies.tell(
                                        new ReplicaSource.Newest(found.step(), found.directory())));
        supervisor =
                getContext()
                        .spawn(
                                SupervisorActor.create(supervision, begin.end()),
                                "supervisor",
                                DispatcherSelector.fromConfig("akt.actors.supervisor-dispatcher"));
        crew =
                getContext()
                        .spawn(
                                CrewKeeper.create(
                                        new CrewConfig(
                                                begin.job(),
                                                passport,
                                                begin.roles().identity(),
                                                frameKeys.get(),
                                                supervision.students().stream()
                                                        .map(QuantizationConfig::weightBits)
                                                        .toList(),
                                                guests(supervision),
                                                supervisor.narrow())),
                                "crew");
        getContext().watch(supervisor);
        getContext().watch(crew);
        getContext().pipeToSelf(begin.end(), RunLead::ended);
        cancelled.ifPresent(this::cancel);
        return this;
    }

    private static Map<Integer, Integer> guests(SupervisorConfig supervision) {
        return supervision.start().stream()
                .flatMap(checkpoint -> checkpoint.manifest().guests().stream())
                .collect(Collectors.toMap(Guest::bits, Guest::student));
    }

    private static Ended ended(RunOutcome outcome, Throwable failure) {
        if (failure != null) {
            return new Ended(
                    new HostProtocol.Dismiss(
                            failure instanceof RunUnhealthyException
                                    ? HostProtocol.RunEnd.UNHEALTHY
                                    : HostProtocol.RunEnd.FAILED,
                            String.valueOf(failure.getMessage())));
        }
        return new Ended(
                outcome.completed()
                        ? new HostProtocol.Dismiss(
                                HostProtocol.RunEnd.COMPLETED,
                                "the run is done after " + outcome.steps() + " steps")
                        : new HostProtocol.Dismiss(
                                HostProtocol.RunEnd.PAUSED,
                                "the run was stopped after " + outcome.steps() + " steps"));
    }

    private Behavior<Command> onCancel(Cancel message) {
        cancelled = Optional.of(message);
        if (supervisor != null) {
            cancel(message);
        } else if (waiting.isPresent()) {
            // The supervisor knows how a run ends before it has begun.
            getContext().stop(waiting.get());
            waiting = Optional.empty();
            prepare();
        }
        return this;
    }

    private void cancel(Cancel message) {
        supervisor.tell(new SupervisorProtocol.Cancel(message.reason()));
    }

    private Behavior<Command> onNewest(Newest message) {
        copies.tell(new ReplicaSource.Newest(message.step(), message.directory()));
        return this;
    }

    private Behavior<Command> onKeeperStopped() {
        onLead.accept(getContext().getSelf());
        return this;
    }

    private Behavior<Command> onEnded(Ended message) {
        HostProtocol.Dismiss how = message.dismissal();
        boolean paused = cancelled.isPresent() && how.end() == HostProtocol.RunEnd.FAILED;
        dismissal =
                Optional.of(
                        paused
                                ? new HostProtocol.Dismiss(
                                        HostProtocol.RunEnd.PAUSED, how.sentence())
                                : how);
        dismiss();
        return this;
    }

    private Behavior<Command> onResultsWritten() {
        written = true;
        dismiss();
        return this;
    }

    /**
     * Not from a run that is done before its results are there: whoever leads next, if this process
     * is lost, needs the others once more.
     */
    private void dismiss() {
        dismissal
                .filter(how -> written || how.end() != HostProtocol.RunEnd.COMPLETED)
                .ifPresent(
                        how -> {
                            crew.tell(new CrewKeeper.Dismiss(how));
                            dismissal = Optional.empty();
                        });
    }

    private Behavior<Command> onChildFailed(ChildFailed failed) {
        begin.end()
                .completeExceptionally(
                        new RunFailedException(
                                "the "
                                        + failed.getRef().path().name()
                                        + " failed: "
                                        + failed.getCause(),
                                failed.getCause()));
        return this;
    }
}
