package io.aktnode.actors.replica;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointCopies;
import io.aktnode.actors.checkpoint.CheckpointException;
import io.aktnode.actors.checkpoint.CheckpointStore;
import io.aktnode.actors.checkpoint.Settings;
import io.aktnode.actors.transfer.FileFetcher;
import io.aktnode.actors.transfer.FileOrder;
import io.aktnode.protocol.control.ReplicaProtocol;
import io.aktnode.protocol.control.ReplicaProtocol.Keepsake;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.Deque;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.function.Predicate;

/**
 * Before this process leads a run: copies the run's newest checkpoint to its disk if another
 * process keeps a newer one than it has itself, as when its disk is a new one, or when it was away
 * while others went on. Without that a restart of all machines would begin where the oldest of them
 * stands, and give up what the others have.
 *
 * <p>One with a higher step but an earlier incarnation than what is here is not copied: it is of
 * what was given up. What is here stays, even if others have gone back from there since; then the
 * same trouble leads to the same cure. Reads and writes files: runs on a dispatcher for blocking
 * work.
 */
public final class Inheritance extends AbstractBehavior<Inheritance.Command> {

    /** What it is told within its process. */
    public sealed interface Command extends NoSerializationVerificationNeeded {}

    /**
     * News of keepers travel by gossip, every half second: after so long without any all are known.
     */
    static final Duration QUIET = Duration.ofSeconds(1);

    /** A keeper reads its newest checkpoint before it answers. */
    static final Duration PATIENCE = Duration.ofSeconds(10);

    private record Present(Set<ActorRef<ReplicaProtocol.Request>> keepers) implements Command {}

    private record Answered(ReplicaProtocol.Kept answer) implements Command {}

    private record Fetched(Optional<String> problem) implements Command {}

    private enum Time implements Command {
        TO_ASK,
        TO_CHOOSE
    }

    private final TimerScheduler<Command> timers;
    private final CheckpointCopies copies;
    private final Map<String, String> settings;
    private final Predicate<ActorRef<?>> elsewhere;
    private final Runnable onEnd;
    private final Set<ActorRef<ReplicaProtocol.Request>> keepers = new HashSet<>();
    private final List<Keepsake> answers = new ArrayList<>();
    private final Deque<Keepsake> newer = new ArrayDeque<>();
    private boolean asked;
    private int awaited;
    private IncomingCopy copy;

    /**
     * Starts one as a child, on a dispatcher where it may block.
     *
     * @param group of the run, see {@link io.aktnode.protocol.control.Passport#group}
     * @param store of the run; nobody else uses it until this has ended
     * @param settings of the run; checkpoints of any other are left where they are
     * @param onEnd run once, on another thread, when {@code store} has the newest there is
     */
    public static ActorRef<Command> spawn(
            ActorContext<?> parent,
            String name,
            String group,
            CheckpointStore store,
            Map<String, String> settings,
            Runnable onEnd) {
        return parent.spawn(
                create(
                        group,
                        store,
                        settings,
                        keeper -> !keeper.path().address().hasLocalScope(),
                        onEnd),
                name,
                DispatcherSelector.blocking());
    }

    static Behavior<Command> create(
            String group,
            CheckpointStore store,
            Map<String, String> settings,
            Predicate<ActorRef<?>> elsewhere,
            Runnable onEnd) {
        return Behaviors.setup(
                context ->
                        Behaviors.withTimers(
                                timers ->
                                        new Inheritance(
                                                context, timers, group, store, settings, elsewhere,
                                                onEnd)));
    }

    private Inheritance(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            String group,
            CheckpointStore store,
            Map<String, String> settings,
            Predicate<ActorRef<?>> elsewhere,
            Runnable onEnd) {
        super(context);
        this.timers = timers;
        this.copies = new CheckpointCopies(store);
        this.settings = settings;
        this.elsewhere = elsewhere;
        this.onEnd = onEnd;
        ReplicaKeeper.subscribe(context, group, Present::new);
        timers.startSingleTimer(Time.TO_ASK, QUIET);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Present.class, this::onPresent)
                .onMessageEquals(Time.TO_ASK, this::ask)
                .onMessage(Answered.class, this::onAnswered)
                .onMessageEquals(Time.TO_CHOOSE, this::choose)
                .onMessage(Fetched.class, this::onFetched)
                .build();
    }

    private Behavior<Command> onPresent(Present message) {
        if (!asked) {
            keepers.clear();
            keepers.addAll(message.keepers());
            keepers.removeIf(elsewhere.negate());
            timers.startSingleTimer(Time.TO_ASK, QUIET);
        }
        return this;
    }

    private Behavior<Command> ask() {
        asked = true;
        awaited = keepers.size();
        if (awaited == 0) {
            return end();
        }
        ActorRef<ReplicaProtocol.Kept> answer =
                getContext().messageAdapter(ReplicaProtocol.Kept.class, Answered::new);
        keepers.forEach(keeper -> keeper.tell(new ReplicaProtocol.Inquire(answer)));
        timers.startSingleTimer(Time.TO_CHOOSE, PATIENCE);
        return this;
    }

    private Behavior<Command> onAnswered(Answered message) {
        message.answer().newest().ifPresent(answers::add);
        awaited--;
        if (awaited == 0 && timers.isTimerActive(Time.TO_CHOOSE)) {
            timers.cancel(Time.TO_CHOOSE);
            return choose();
        }
        return this;
    }

    /** Those that are ahead of what is here, the newest first; the next is for when one is gone. */
    private Behavior<Command> choose() {
        Optional<Checkpoint> own = own();
        answers.stream()
                .filter(this::ofThisRun)
                .filter(kept -> own.isEmpty() || ahead(kept, own.get()))
                .sorted(
                        Comparator.comparingInt(Keepsake::incarnation)
                                .thenComparingLong(kept -> kept.offer().step())
                                .reversed())
                .forEach(newer::add);
        return take();
    }

    /** Damaged ones count as none: what others have can only be better. */
    private Optional<Checkpoint> own() {
        try {
            return copies.newest();
        } catch (CheckpointException e) {
            getContext().getLog().warn("{}", e.getMessage());
            return Optional.empty();
        }
    }

    private boolean ofThisRun(Keepsake kept) {
        Optional<String> difference = Settings.difference(kept.settings(), settings);
        difference.ifPresent(
                how ->
                        getContext()
                                .getLog()
                                .warn(
                                        "the checkpoint of step {} on {} is of another run, {}; it is"
                                                + " not gone on from",
                                        kept.offer().step(),
                                        address(kept),
                                        how));
        return difference.isEmpty();
    }

    private static boolean ahead(Keepsake kept, Checkpoint own) {
        return kept.incarnation() >= own.manifest().incarnation()
                && kept.offer().step() > own.step();
    }

    private static String address(Keepsake kept) {
        return kept.offer().source().path().address().toString();
    }

    private Behavior<Command> take() {
        while (!newer.isEmpty()) {
            try {
                copy = new IncomingCopy(copies, newer.peek().offer());
                return fetchOrComplete();
            } catch (CheckpointException e) {
                giveUp(e.getMessage());
            }
        }
        return end();
    }

    private Behavior<Command> onFetched(Fetched message) {
        if (message.problem().isEmpty()) {
            return fetchOrComplete();
        }
        giveUp(message.problem().get());
        return take();
    }

    private Behavior<Command> fetchOrComplete() {
        Optional<FileOrder> file = copy.next();
        if (file.isPresent()) {
            FileFetcher.spawn(
                    getContext(),
                    file.get(),
                    problem -> getContext().getSelf().tell(new Fetched(problem)));
            return this;
        }
        try {
            copy.complete();
        } catch (CheckpointException e) {
            giveUp(e.getMessage());
            return take();
        }
        getContext()
                .getLog()
                .info(
                        "the checkpoint of step {} is copied from {}: it is the run's newest",
                        newer.peek().offer().step(),
                        address(newer.peek()));
        return end();
    }

    private void giveUp(String why) {
        Keepsake kept = newer.remove();
        getContext()
                .getLog()
                .warn(
                        "the checkpoint of step {} on {} is newer than what is here, but cannot be"
                                + " copied: {}",
                        kept.offer().step(),
                        address(kept),
                        why);
        copies.abandon();
    }

    private Behavior<Command> end() {
        onEnd.run();
        return Behaviors.stopped();
    }
}
