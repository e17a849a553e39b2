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
import io.aktnode.protocol.control.CrewProtocol;
import io.aktnode.protocol.control.HostProtocol;
import io.aktnode.protocol.control.HostProtocol.Command;
import io.aktnode.protocol.control.HostProtocol.RunEnd;
import io.aktnode.protocol.frame.RoleId;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;

/**
 * Bears roles of one kind in this process for whoever leads: makes their actors when told to, stops
 * them when told to or when the lead is gone. It can be found under its kind's name all over the
 * cluster.
 */
public final class RoleHost extends AbstractBehavior<Command> {

    /** A role at work, or stopping. */
    private static final class Bearing {
        private final ActorRef<?> actor;
        private final Workshop.Tools tools;

        /** Whoever is to hear of its end; null when it was told to. */
        private ActorRef<CrewProtocol.Request> told;

        /** What is to follow when it has stopped. */
        private HostProtocol.Assign next;

        private Bearing(
                ActorRef<?> actor, Workshop.Tools tools, ActorRef<CrewProtocol.Request> told) {
            this.actor = actor;
            this.tools = tools;
            this.told = told;
        }
    }

    private final HostConfig config;
    private final Map<RoleId, Bearing> bearings = new HashMap<>();
    private ActorRef<CrewProtocol.Request> lead;
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
        dismissed = Optional.empty();
        follow(message.replyTo());
        message.replyTo()
                .tell(
                        new CrewProtocol.Introduced(
                                getContext().getSelf().narrow(),
                                config.name(),
                                config.capacity(),
                                config.workshop().identity(config.kind())));
        return this;
    }

    /** What was borne for another lead, or for this one before it lost sight of us, ends. */
    private void follow(ActorRef<CrewProtocol.Request> newLead) {
        dropAll();
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
            bearing.told = null;
            bearing.next = null;
            getContext().stop(bearing.actor);
        }
    }

    private Behavior<Command> onAssign(HostProtocol.Assign message) {
        if (!message.crew().equals(lead)) {
            getContext()
                    .getLog()
                    .info("{} from a lead that is none any more is ignored", message.role());
            return this;
        }
        Bearing old = bearings.get(message.role());
        if (old == null) {
            bear(message);
        } else {
            // One stream has one endpoint: the new actor must wait for the end of the old one.
            old.told = null;
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
            tellStopped(assign.crew(), assign.role(), cause(e));
            return;
        }
        RoleEnvironment environment =
                new RoleEnvironment(
                        config.ports().apply(assign.frameKey()),
                        tools.spec().window(),
                        tools.spec().students().size(),
                        System::nanoTime,
                        assign.supervisor());
        ActorRef<?> actor =
                new RoleSpawner(tools.spec(), tools.policy(), tools.roles())
                        .spawn(
                                getContext(),
                                assign.role(),
                                assign.role() + "-" + spawned++,
                                environment);
        getContext().watch(actor);
        bearings.put(assign.role(), new Bearing(actor, tools, assign.crew()));
        getContext()
                .getLog()
                .info(
                        "{} bears {}; frames to and from other processes are {}",
                        config.name(),
                        assign.role(),
                        assign.frameKey().isPresent() ? "encrypted" : "plain");
    }

    private void tellStopped(ActorRef<CrewProtocol.Request> crew, RoleId role, String cause) {
        crew.tell(new CrewProtocol.RoleStopped(getContext().getSelf().narrow(), role, cause));
    }

    private Behavior<Command> onReject(HostProtocol.Reject message) {
        getContext()
                .getLog()
                .error("{} is not taken into the run: {}", config.name(), message.why());
        follow(null);
        return this;
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
        getContext().getLog().info("{} bears {} no more", config.name(), role);
        if (bearing.told != null) {
            tellStopped(bearing.told, role, cause);
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
