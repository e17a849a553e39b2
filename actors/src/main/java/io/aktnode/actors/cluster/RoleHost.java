package io.aktnode.actors.cluster;

import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.ChildFailed;
import akka.actor.typed.PostStop;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.receptionist.Receptionist;
import io.aktnode.actors.data.RoleEnvironment;
import io.aktnode.actors.run.RoleSpawner;
import io.aktnode.nn.kernel.Backend;
import io.aktnode.protocol.control.CrewProtocol;
import io.aktnode.protocol.control.HostProtocol;
import io.aktnode.protocol.control.HostProtocol.Command;
import io.aktnode.protocol.control.HostProtocol.RunEnd;
import io.aktnode.protocol.control.Passport;
import io.aktnode.protocol.frame.RoleId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Bears roles of one kind in this process for whoever leads: makes their actors when told to, stops
 * them when told to or when the lead is gone. It can be found under its kind's name all over the
 * cluster. What it is told may come twice.
 */
public final class RoleHost extends AbstractBehavior<Command> {

    /** A role at work, or stopping. */
    private static final class Bearing {
        private final ActorRef<?> actor;
        private final Workshop.Tools tools;
        private final HostProtocol.Assign assignment;

        /** Whether it was told to end, so that nobody need hear of it. */
        private boolean ending;

        /** What is to follow when it has stopped. */
        private HostProtocol.Assign next;

        private Bearing(ActorRef<?> actor, Workshop.Tools tools, HostProtocol.Assign assignment) {
            this.actor = actor;
            this.tools = tools;
            this.assignment = assignment;
        }
    }

    private final HostConfig config;
    private final Map<RoleId, Bearing> bearings = new HashMap<>();

    /** The newest number of each role, of the lead that is followed. */
    private final Map<RoleId, Long> newest = new HashMap<>();

    /** What the lead was told of roles that have ended. */
    private final Map<RoleId, CrewProtocol.RoleStopped> stopped = new HashMap<>();

    /** The lead that came to know this process last, and in which round. */
    private ActorRef<CrewProtocol.Request> asker;

    private long round;

    /** The same, unless it is gone, or this process not in its run. */
    private ActorRef<CrewProtocol.Request> lead;

    private String refusal = "";
    private Optional<HostProtocol.Dismiss> dismissed = Optional.empty();
    private long spawned;

    public static Behavior<Command> create(HostConfig config) {
        return Behaviors.setup(context -> new RoleHost(context, config));
    }

    private RoleHost(ActorContext<Command> context, HostConfig config) {
        super(context);
        this.config = config;
        ActorRef<HostProtocol.Request> self = context.getSelf().narrow();
        context.getSystem()
                .receptionist()
                .tell(Receptionist.register(HostKeys.of(config.kind()), self));
        context.getLog()
                .info("{} offers itself as {}; a supervisor decides", config.name(), config.kind());
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(HostProtocol.Introduce.class, this::onIntroduce)
                .onMessage(HostProtocol.Assign.class, this::onAssign)
                .onMessage(HostProtocol.Reject.class, this::onReject)
                .onMessage(HostProtocol.Dismiss.class, this::onDismiss)
                .onSignal(ChildFailed.class, failed -> onGone(failed, cause(failed.getCause())))
                .onSignal(Terminated.class, gone -> onGone(gone, "it stopped"))
                .onSignal(PostStop.class, signal -> onPostStop())
                .build();
    }

    private Behavior<Command> onIntroduce(HostProtocol.Introduce message) {
        Optional<String> difference = Passport.difference(config.passport(), message.passport());
        if (difference.isPresent()) {
            // In the same cluster there may be the right one, whose roles go on.
            say(difference.get());
        } else if (!message.replyTo().equals(asker) || message.round() != round) {
            asker = message.replyTo();
            round = message.round();
            refusal = "";
            dismissed = Optional.empty();
            follow(asker);
        }
        message.replyTo()
                .tell(
                        new CrewProtocol.Introduced(
                                getContext().getSelf().narrow(),
                                config.name(),
                                difference.isPresent() ? 0 : config.capacity(),
                                config.passport(),
                                config.joins(),
                                config.workshop().identity(config.kind())));
        return this;
    }

    /** Both this process and the lead may find out; it is said once. */
    private void say(String why) {
        if (!why.equals(refusal)) {
            refusal = why;
            getContext().getLog().error("{} is not taken into the run: {}", config.name(), why);
        }
    }

    /** What was borne for another lead, or for this one before it lost sight of us, ends. */
    private void follow(ActorRef<CrewProtocol.Request> newLead) {
        dropAll();
        newest.clear();
        stopped.clear();
        if (lead != null) {
            getContext().unwatch(lead);
        }
        lead = newLead;
        if (lead != null) {
            getContext().watch(lead);
        }
    }

    private void dropAll() {
        for (Bearing bearing : bearings.values()) {
            bearing.ending = true;
            bearing.next = null;
            getContext().stop(bearing.actor);
        }
    }

    private Behavior<Command> onAssign(HostProtocol.Assign message) {
        if (!message.crew().equals(lead)) {
            getContext().getLog().debug("{} from a lead that is not followed", message.role());
            return this;
        }
        if (message.number() <= newest.getOrDefault(message.role(), 0L)) {
            tellStopped(message.role());
            return this;
        }
        newest.put(message.role(), message.number());
        stopped.remove(message.role());
        Bearing old = bearings.get(message.role());
        if (old == null) {
            bear(message);
        } else {
            // One stream has one endpoint: the new actor must wait for the end of the old one.
            old.ending = true;
            old.next = message;
            getContext().stop(old.actor);
        }
        return this;
    }

    private void bear(HostProtocol.Assign assign) {
        Workshop.Tools tools;
        try {
            tools = config.workshop().open(assign.job());
        } catch (RuntimeException e) {
            getContext().getLog().error("{} cannot bear {}", config.name(), assign.role(), e);
            stopped(assign, cause(e));
            return;
        }
        RoleEnvironment environment =
                new RoleEnvironment(
                        config.ports().apply(assign.frameKey()),
                        tools.spec().window(),
                        System::nanoTime,
                        assign.supervisor());
        ActorRef<?> actor =
                new RoleSpawner(tools.spec(), tools.policy(), tools.roles())
                        .spawn(
                                getContext(),
                                assign.role(),
                                assign.guestBits(),
                                assign.role() + "-" + spawned++,
                                environment);
        getContext().watch(actor);
        bearings.put(assign.role(), new Bearing(actor, tools, assign));
        getContext()
                .getLog()
                .info(
                        "{} bears {}; frames to and from other machines are {}",
                        config.name(),
                        assign.role(),
                        assign.frameKey().isPresent() ? "encrypted" : "plain");
    }

    private void stopped(HostProtocol.Assign assignment, String cause) {
        stopped.put(
                assignment.role(),
                new CrewProtocol.RoleStopped(
                        getContext().getSelf().narrow(),
                        assignment.role(),
                        assignment.number(),
                        cause));
        tellStopped(assignment.role());
    }

    /** Tells the lead, for the first time or again, if a role it counts on has ended. */
    private void tellStopped(RoleId role) {
        if (stopped.containsKey(role)) {
            lead.tell(stopped.get(role));
        }
    }

    private Behavior<Command> onReject(HostProtocol.Reject message) {
        say(message.why());
        boolean byOurs = asker != null && asker.equals(message.by());
        if (byOurs || message.by() == null) {
            follow(null);
        }
        if (byOurs && config.kind().equals(HostKeys.SUPERVISOR)) {
            // Once it led, all others would be refused.
            dismissed =
                    Optional.of(
                            new HostProtocol.Dismiss(
                                    HostProtocol.RunEnd.REFUSED,
                                    config.name()
                                            + " is not taken into the run: "
                                            + message.why()));
        }
        return tellIfDismissed();
    }

    private Behavior<Command> onDismiss(HostProtocol.Dismiss message) {
        follow(null);
        dismissed = Optional.of(message);
        return tellIfDismissed();
    }

    private Behavior<Command> onGone(Terminated gone, String cause) {
        if (gone.getRef().equals(lead)) {
            getContext().getLog().warn("the run's lead is gone; waiting for another");
            lead = null;
            dropAll();
            return this;
        }
        bearings.entrySet().stream()
                .filter(entry -> entry.getValue().actor.equals(gone.getRef()))
                .map(Map.Entry::getKey)
                .findFirst()
                .ifPresent(role -> ended(role, cause));
        return tellIfDismissed();
    }

    private void ended(RoleId role, String cause) {
        Bearing bearing = bearings.remove(role);
        bearing.tools.close();
        Backend.reclaim();
        getContext().getLog().info("{} bears {} no more", config.name(), role);
        if (!bearing.ending) {
            stopped(bearing.assignment, cause);
        } else if (bearing.next != null) {
            bear(bearing.next);
        }
    }

    private Behavior<Command> tellIfDismissed() {
        if (bearings.isEmpty() && dismissed.isPresent()) {
            RunEnd end = dismissed.get().end();
            String sentence = dismissed.get().sentence();
            dismissed = Optional.empty();
            config.onDismissed().accept(end, sentence);
        }
        return this;
    }

    private static String cause(Throwable thrown) {
        Throwable root = thrown;
        while (root.getCause() != null) {
            root = root.getCause();
        }
        return String.valueOf(root.getMessage());
    }

    /** The roles have stopped by now. */
    private Behavior<Command> onPostStop() {
        bearings.values().forEach(bearing -> bearing.tools.close());
        bearings.clear();
        return this;
    }
}
