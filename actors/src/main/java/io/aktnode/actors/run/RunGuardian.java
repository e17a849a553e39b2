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
import io.aktnode.actors.generator.GeneratorActor;
import io.aktnode.actors.generator.GeneratorSettings;
import io.aktnode.actors.student.StudentActor;
import io.aktnode.actors.student.StudentConfig;
import io.aktnode.actors.supervisor.FailureReporter;
import io.aktnode.actors.supervisor.SupervisorActor;
import io.aktnode.actors.supervisor.SupervisorConfig;
import io.aktnode.actors.teacher.TeacherActor;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.protocol.control.GeneratorProtocol;
import io.aktnode.protocol.control.StudentProtocol;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.control.TeacherProtocol;
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
                        dispatcher("supervisor"));
        context.watch(supervisor);
        RoleEnvironment environment =
                new RoleEnvironment(
                        ports,
                        spec.window(),
                        supervision.students().size(),
                        supervision.nanoClock(),
                        supervisor.narrow());
        spawnTeacher(factory, environment);
        for (int id = 0; id < supervision.students().size(); id++) {
            spawnStudent(id, spec, factory, policy, environment);
        }
        spawnGenerator(spec, factory, policy, environment);
    }

    private static DispatcherSelector dispatcher(String role) {
        return DispatcherSelector.fromConfig("akt.actors." + role + "-dispatcher");
    }

    private void spawnTeacher(RoleFactory factory, RoleEnvironment environment) {
        spawn(
                TeacherProtocol.Command.class,
                RoleId.TEACHER,
                "teacher",
                "teacher",
                TeacherActor.create(environment, factory::teacher));
    }

    private void spawnStudent(
            int id,
            RunSpec spec,
            RoleFactory factory,
            RunPolicy policy,
            RoleEnvironment environment) {
        TrainingConfig training = spec.training();
        spawn(
                StudentProtocol.Command.class,
                RoleId.student(id),
                "student-" + id,
                "student",
                StudentActor.create(
                        environment,
                        new StudentConfig(
                                id,
                                training.schedule(),
                                training.method().base().generatorReadsStudent(),
                                policy.studentGate(),
                                spec.evaluation()),
                        () -> factory.student(id)));
    }

    private void spawnGenerator(
            RunSpec spec, RoleFactory factory, RunPolicy policy, RoleEnvironment environment) {
        TrainingConfig training = spec.training();
        spawn(
                GeneratorProtocol.Command.class,
                RoleId.GENERATOR,
                "generator",
                "generator",
                GeneratorActor.create(
                        environment,
                        new GeneratorSettings(
                                training.schedule(),
                                training.method().base().generatorReadsStudent(),
                                policy.generatorGate(),
                                policy.resendAfter(),
                                policy.resends()),
                        factory::generator));
    }

    private <T> void spawn(
            Class<T> commands, RoleId id, String name, String role, Behavior<T> behavior) {
        ActorRef<T> ref =
                getContext()
                        .spawn(
                                FailureReporter.restarting(
                                        commands, id, supervisor.narrow(), behavior),
                                name,
                                dispatcher(role));
        roles.put(ref, id);
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
