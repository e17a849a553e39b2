package io.aktnode.actors.run;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.ChildFailed;
import akka.actor.typed.DispatcherSelector;
import akka.actor.typed.PostStop;
import akka.actor.typed.Terminated;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.aktnode.actors.data.FramePorts;
import io.aktnode.actors.data.RoleEnvironment;
import io.aktnode.actors.supervisor.SupervisorActor;
import io.aktnode.actors.supervisor.SupervisorConfig;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.frame.RoleId;
import java.util.HashMap;
import java.util.Map;
import java.util.concurrent.CompletableFuture;

/** Parent of a run's four actors, each on its own pinned dispatcher. */
final class RunGuardian extends AbstractBehavior<RunGuardian.Command> {

    sealed interface Command {}

    /** End the run at the next possible step. */
    record Cancel(String reason) implements Command, NoSerializationVerificationNeeded {}

    /** Stop all actors; their native memory is free when the guardian has terminated. */
    enum Stop implements Command, NoSerializationVerificationNeeded {
        INSTANCE
    }

    private final ActorRef<SupervisorProtocol.Command> supervisor;
    private final CompletableFuture<RunOutcome> end;
    private final CompletableFuture<Void> stopped;
    private final Map<ActorRef<?>, RoleId> roles = new HashMap<>();

    /**
     * @param end completed when the run has ended
     * @param stopped completed when all actors have stopped
     */
    static Behavior<Command> create(
            RunSpec spec,
            RoleFactory factory,
            RunPolicy policy,
            FramePorts ports,
            SupervisorConfig supervision,
            CompletableFuture<RunOutcome> end,
            CompletableFuture<Void> stopped) {
        return Behaviors.setup(
                context ->
                        new RunGuardian(
                                context, spec, factory, policy, ports, supervision, end, stopped));
    }

    private RunGuardian(
            ActorContext<Command> context,
            RunSpec spec,
            RoleFactory factory,
            RunPolicy policy,
            FramePorts ports,
            SupervisorConfig supervision,
            CompletableFuture<RunOutcome> end,
            CompletableFuture<Void> stopped) {
        super(context);
        this.end = end;
        this.stopped = stopped;
        this.supervisor =
                context.spawn(
                        SupervisorActor.create(supervision, end),
                        "supervisor",
                        DispatcherSelector.fromConfig("akt.actors.supervisor-dispatcher"));
        context.watch(supervisor);
        RoleEnvironment environment =
                new RoleEnvironment(
                        ports, spec.window(), supervision.nanoClock(), supervisor.narrow());
        RoleSpawner spawner = new RoleSpawner(spec, policy, factory);
        spawn(spawner, RoleId.TEACHER, "teacher", environment);
        for (int id = 0; id < supervision.students().size(); id++) {
            RoleId student = RoleId.student(id);
            spawn(spawner, student, student.toString(), environment);
        }
        spawn(spawner, RoleId.GENERATOR, "generator", environment);
    }

    private void spawn(RoleSpawner spawner, RoleId role, String name, RoleEnvironment environment) {
        ActorRef<?> ref = spawner.spawn(getContext(), role, 0, name, environment);
        roles.put(ref, role);
        getContext().watch(ref);
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(Cancel.class, this::onCancel)
                .onMessageEquals(Stop.INSTANCE, Behaviors::stopped)
                .onSignal(ChildFailed.class, failed -> onGone(failed, failed.getCause()))
                .onSignal(Terminated.class, gone -> onGone(gone, null))
                .onSignal(PostStop.class, signal -> onPostStop())
                .build();
    }

    private Behavior<Command> onCancel(Cancel message) {
        supervisor.tell(new SupervisorProtocol.Cancel(message.reason()));
        return this;
    }

    private Behavior<Command> onGone(Terminated gone, Throwable cause) {
        Throwable root = cause;
        while (root != null && root.getCause() != null) {
            root = root.getCause();
        }
        String why = root == null ? "it stopped" : String.valueOf(root.getMessage());
        RoleId role = roles.get(gone.getRef());
        if (role == null) {
            end.completeExceptionally(
                    new RunFailedException("the supervisor failed: " + why, cause));
        } else {
            supervisor.tell(new SupervisorProtocol.RoleGone(role, why));
        }
        return this;
    }

    /** The children have stopped by now. */
    private Behavior<Command> onPostStop() {
        stopped.complete(null);
        return this;
    }
}
