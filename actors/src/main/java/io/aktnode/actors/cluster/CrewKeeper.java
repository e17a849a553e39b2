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
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.protocol.control.CrewProtocol;
import io.aktnode.protocol.control.CrewProtocol.Command;
import io.aktnode.protocol.control.HostProtocol;
import io.aktnode.protocol.control.Passport;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.frame.Role;
import io.aktnode.protocol.frame.RoleId;
import java.time.Duration;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeMap;
import java.util.stream.IntStream;

/**
 * Gathers a run's crew from the processes of the cluster: gives each role to a process of its kind,
 * keeps the others as standbys (a further teacher takes part), and tells the supervisor of roles
 * whose process cannot be reached any more. A role without a process waits for one, however long. A
 * process may bring students of its own, known by their width: guests, which nobody waits for.
 *
 * <p>What a process is told may be lost on its way, as when a connection breaks, so it is told
 * again every few seconds; told twice it does nothing twice.
 */
final class CrewKeeper extends AbstractBehavior<Command> {

    /** The run is over, or paused: all processes are told. */
    record Dismiss(HostProtocol.Dismiss message)
            implements Command, NoSerializationVerificationNeeded {}

    private enum TellAgain implements Command {
        INSTANCE
    }

    static final Duration TELL_AGAIN_AFTER = Duration.ofSeconds(5);

    private record Present(String kind, Set<ActorRef<HostProtocol.Request>> hosts)
            implements Command, NoSerializationVerificationNeeded {}

    private final CrewConfig config;

    /** All that there is a fixed number of. */
    private final List<RoleId> roles = new ArrayList<>();

    /** In the order of their arrival. */
    private final Map<ActorRef<HostProtocol.Request>, Candidate> candidates = new LinkedHashMap<>();

    private final Map<RoleId, Candidate> bearers = new LinkedHashMap<>();

    /** By width; one that has left keeps its id. */
    private final TreeMap<Integer, RoleId> guests = new TreeMap<>();

    private String said = "";
    private long rounds;
    private long assignments;

    static Behavior<Command> create(CrewConfig config) {
        return Behaviors.setup(
                context -> Behaviors.withTimers(timers -> new CrewKeeper(context, timers, config)));
    }

    private CrewKeeper(
            ActorContext<Command> context, TimerScheduler<Command> timers, CrewConfig config) {
        super(context);
        this.config = config;
        for (int id = 0; id < config.students().size(); id++) {
            roles.add(RoleId.student(id));
        }
        config.guests().forEach((bits, id) -> guests.put(bits, RoleId.student(id)));
        roles.add(RoleId.GENERATOR);
        ActorRef<Receptionist.Listing> listings =
                context.messageAdapter(Receptionist.Listing.class, CrewKeeper::present);
        for (String kind : HostKeys.kinds()) {
            context.getSystem()
                    .receptionist()
                    .tell(Receptionist.subscribe(HostKeys.of(kind), listings));
        }
        timers.startTimerWithFixedDelay(TellAgain.INSTANCE, TELL_AGAIN_AFTER);
        say();
    }

    /** Hosts that cannot be reached are left out of a listing, and in it again when they can. */
    private static Present present(Receptionist.Listing listing) {
        String kind =
                HostKeys.kinds().stream()
                        .filter(any -> listing.isForKey(HostKeys.of(any)))
                        .findFirst()
                        .orElseThrow();
        return new Present(kind, listing.getServiceInstances(HostKeys.of(kind)));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Present.class, this::onPresent)
                .onMessage(CrewProtocol.Introduced.class, this::onIntroduced)
                .onMessage(CrewProtocol.RoleStopped.class, this::onRoleStopped)
                .onMessage(Dismiss.class, this::onDismiss)
                .onMessageEquals(TellAgain.INSTANCE, this::onTellAgain)
                .build();
    }

    private Behavior<Command> onPresent(Present message) {
        List<Candidate> gone =
                candidates.values().stream()
                        .filter(candidate -> candidate.kind().equals(message.kind()))
                        .filter(candidate -> !message.hosts().contains(candidate.host()))
                        .toList();
        for (Candidate candidate : gone) {
            candidates.remove(candidate.host());
            lose(candidate);
        }
        for (ActorRef<HostProtocol.Request> host : message.hosts()) {
            if (!candidates.containsKey(host)) {
                candidates.put(
                        host,
                        new Candidate(
                                message.kind(),
                                host,
                                new HostProtocol.Introduce(
                                        getContext().getSelf().narrow(),
                                        ++rounds,
                                        config.passport())));
            }
        }
        return fill();
    }

    private void lose(Candidate candidate) {
        for (RoleId role : List.copyOf(bearers.keySet())) {
            if (bearers.get(role) == candidate) {
                bearers.remove(role);
                config.supervisor()
                        .tell(
                                new SupervisorProtocol.RoleLost(
                                        role, candidate.name() + " cannot be reached any more"));
            }
        }
    }

    private Behavior<Command> onIntroduced(CrewProtocol.Introduced message) {
        Candidate candidate = candidates.get(message.host());
        if (candidate == null || !candidate.introduced(message)) {
            return this;
        }
        Optional<String> ofAnother = Passport.difference(message.passport(), config.passport());
        Optional<String> difference =
                ofAnother
                        .or(() -> difference(message.identity()))
                        .or(() -> unwanted(message.joins()));
        if (difference.isPresent()) {
            getContext()
                    .getLog()
                    .error(
                            "{} of {} is not taken into the run: {}",
                            candidate.kind(),
                            candidate.name(),
                            difference.get());
            candidate.reject(difference.get(), ofAnother.isPresent());
        }
        return fill();
    }

    private Optional<String> difference(Map<String, String> theirs) {
        return new TreeMap<>(theirs)
                .entrySet().stream()
                        .filter(
                                entry ->
                                        !entry.getValue()
                                                .equals(config.identity().get(entry.getKey())))
                        .findFirst()
                        .map(
                                entry ->
                                        "its "
                                                + entry.getKey()
                                                + " is "
                                                + entry.getValue()
                                                + ", the supervisor's is "
                                                + config.identity().get(entry.getKey())
                                                + "; give all processes the same one");
    }

    private Optional<String> unwanted(List<Integer> joins) {
        return joins.stream()
                .filter(
                        bits ->
                                !QuantizationConfig.possible(bits)
                                        || config.students().contains(bits))
                .findFirst()
                .map(
                        bits ->
                                config.students().contains(bits)
                                        ? "the run has a student of "
                                                + bits
                                                + " bits of its own; join with another width"
                                        : "a student of "
                                                + bits
                                                + " bits cannot join; give it 2 to 8");
    }

    /** Gives every role without a process to the first one of its kind that has room. */
    private Behavior<Command> fill() {
        for (RoleId role : roles) {
            if (!bearers.containsKey(role)) {
                firstFor(role).ifPresent(candidate -> assign(role, 0, candidate));
            }
        }
        candidates
                .values()
                .forEach(candidate -> candidate.joins().forEach(bits -> admit(bits, candidate)));
        RoleId teacher = freeTeacher();
        for (Optional<Candidate> next = firstFor(teacher);
                next.isPresent();
                next = firstFor(teacher)) {
            assign(teacher, 0, next.get());
            teacher = freeTeacher();
        }
        say();
        return this;
    }

    /** Of several processes that bring the same guest the first bears it. */
    private void admit(int bits, Candidate candidate) {
        RoleId guest = guests.computeIfAbsent(bits, any -> RoleId.student(firstFreeId()));
        if (!bearers.containsKey(guest)) {
            assign(guest, bits, candidate);
        }
    }

    private int firstFreeId() {
        return guests.values().stream()
                .mapToInt(guest -> guest.instance() + 1)
                .reduce(config.students().size(), Math::max);
    }

    /** All teachers share the batches, so there are as many as there are processes for them. */
    private RoleId freeTeacher() {
        return IntStream.iterate(0, instance -> instance + 1)
                .mapToObj(RoleId::teacher)
                .filter(role -> !bearers.containsKey(role))
                .findFirst()
                .orElseThrow();
    }

    private Optional<Candidate> firstFor(RoleId role) {
        return candidates.values().stream()
                .filter(candidate -> candidate.takes(role, load(candidate)))
                .findFirst();
    }

    private long load(Candidate candidate) {
        return bearers.values().stream().filter(bearer -> bearer == candidate).count();
    }

    private void assign(RoleId role, int guestBits, Candidate candidate) {
        bearers.put(role, candidate);
        getContext().getLog().info("{} is given to {}", role, candidate.name());
        candidate.give(
                new HostProtocol.Assign(
                        role,
                        ++assignments,
                        guestBits,
                        config.job(),
                        config.frameKey(),
                        config.supervisor(),
                        getContext().getSelf().narrow()));
    }

    /** Who cannot bear a role once is not asked again; without another the run cannot go on. */
    private Behavior<Command> onRoleStopped(CrewProtocol.RoleStopped message) {
        Candidate candidate = candidates.get(message.host());
        if (candidate == null || !candidate.stopped(message)) {
            return this;
        }
        bearers.remove(message.role());
        String cause = message.cause() + " (on " + candidate.name() + ")";
        boolean another =
                guests.containsValue(message.role())
                        || firstFor(message.role()).isPresent()
                        || message.role().role() == Role.TEACHER && teaches();
        config.supervisor()
                .tell(
                        another
                                ? new SupervisorProtocol.RoleLost(message.role(), cause)
                                : new SupervisorProtocol.RoleGone(message.role(), cause));
        return fill();
    }

    private Behavior<Command> onTellAgain() {
        candidates.values().forEach(Candidate::again);
        return this;
    }

    private Behavior<Command> onDismiss(Dismiss message) {
        candidates.values().stream()
                .filter(candidate -> !candidate.stranger())
                .forEach(candidate -> candidate.host().tell(message.message()));
        return Behaviors.stopped();
    }

    private boolean teaches() {
        return bearers.keySet().stream().anyMatch(role -> role.role() == Role.TEACHER);
    }

    private void say() {
        List<String> missing = new ArrayList<>();
        if (!teaches()) {
            missing.add(RoleId.TEACHER.toString());
        }
        roles.stream()
                .filter(role -> !bearers.containsKey(role))
                .forEach(role -> missing.add(role.toString()));
        String sentence =
                missing.isEmpty()
                        ? "every role has a process"
                        : "waiting for processes for " + String.join(", ", missing);
        if (!sentence.equals(said)) {
            said = sentence;
            getContext().getLog().info(sentence);
        }
    }
}
