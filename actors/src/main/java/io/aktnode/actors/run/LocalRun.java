package io.aktnode.actors.run;

import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Behavior;
import akka.actor.typed.Props;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.aktnode.actors.data.AeronPorts;
import io.aktnode.actors.data.FramePorts;
import io.aktnode.actors.supervisor.SupervisorConfig;
import io.aktnode.protocol.tensor.DataPlane;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.UnaryOperator;

/**
 * A run of the whole system in this JVM: data plane, actor system and the four actors, from start
 * to end. Any thread may call the methods; {@link #await} or {@link #close} must be called to free
 * what the run holds.
 */
public final class LocalRun implements AutoCloseable {

    /** For a system of the run's own: Ctrl-C must not stop it before the last checkpoint. */
    private static final String OWN_SYSTEM =
            """
            akka.actor.provider = local
            akka.coordinated-shutdown.run-by-jvm-shutdown-hook = off
            """;

    private final CompletableFuture<Void> actorsStopped = new CompletableFuture<>();
    private final CompletableFuture<Void> released = new CompletableFuture<>();
    private final AtomicBoolean releasing = new AtomicBoolean();
    private final CompletableFuture<RunOutcome> end;
    private final DataPlane dataPlane;
    private final ActorSystem<?> system;
    private final boolean ownSystem;
    private final ActorRef<RunGuardian.Command> guardian;

    private LocalRun(
            RunSpec spec,
            RoleFactory roles,
            RunEnvironment environment,
            SupervisorConfig supervision,
            FramePorts ports,
            DataPlane dataPlane,
            CompletableFuture<RunOutcome> end) {
        this.dataPlane = dataPlane;
        this.end = end;
        Behavior<RunGuardian.Command> behavior =
                RunGuardian.create(
                        spec, roles, environment.policy(), ports, supervision, end, actorsStopped);
        this.ownSystem = environment.system().isEmpty();
        if (ownSystem) {
            Config config =
                    ConfigFactory.parseString(OWN_SYSTEM).withFallback(ConfigFactory.load());
            ActorSystem<RunGuardian.Command> own = ActorSystem.create(behavior, "akt-run", config);
            this.system = own;
            this.guardian = own;
        } else {
            this.system = environment.system().get();
            this.guardian =
                    system.systemActorOf(
                            behavior,
                            "akt-run-" + Long.toHexString(supervision.runId()),
                            Props.empty());
        }
    }

    /**
     * Runs to the end.
     *
     * @throws RunFailedException if the run could not start or could not be kept healthy
     */
    public static RunOutcome run(RunSpec spec, RoleFactory roles, RunListener listener) {
        return start(spec, roles, listener, RunEnvironment.defaults()).await();
    }

    /**
     * Starts a run and returns at once.
     *
     * @throws RunFailedException if it cannot start, because of the checkpoints it finds for
     *     instance
     */
    public static LocalRun start(
            RunSpec spec, RoleFactory roles, RunListener listener, RunEnvironment environment) {
        return start(spec, roles, listener, environment, UnaryOperator.identity());
    }

    /**
     * @param decorator stands between the roles and the data plane
     */
    static LocalRun start(
            RunSpec spec,
            RoleFactory roles,
            RunListener listener,
            RunEnvironment environment,
            UnaryOperator<FramePorts> decorator) {
        SupervisorConfig supervision =
                RunPreparation.prepare(spec, roles, listener, environment, false);
        CompletableFuture<RunOutcome> end = new CompletableFuture<>();
        DataPlane dataPlane = null;
        try {
            dataPlane = DataPlane.start(environment.dataPlane(), fault -> fail(end, fault));
            return new LocalRun(
                    spec,
                    roles,
                    environment,
                    supervision,
                    decorator.apply(new AeronPorts(dataPlane)),
                    dataPlane,
                    end);
        } catch (RuntimeException e) {
            supervision.journal().close();
            if (dataPlane != null) {
                dataPlane.close();
            }
            throw new RunFailedException("the run cannot start: " + e.getMessage(), e);
        }
    }

    private static void fail(CompletableFuture<RunOutcome> end, Throwable fault) {
        end.completeExceptionally(
                new RunFailedException("the data plane failed: " + fault.getMessage(), fault));
    }

    /**
     * Waits for the end and frees what the run holds. An interrupt cancels the run; the wait goes
     * on until it has ended, and the interrupt flag is set again.
     *
     * @throws RunFailedException if the run could not be kept healthy
     */
    public RunOutcome await() {
        try {
            return RunFuture.await(end, this::cancel);
        } finally {
            release();
        }
    }

    /**
     * Ends the run at the next possible step, with a checkpoint if its state is sound; returns at
     * once. The outcome then says that it was not completed.
     *
     * @param reason for the journal
     */
    public void cancel(String reason) {
        guardian.tell(new RunGuardian.Cancel(reason));
    }

    /** Whether the run has ended, in whatever way. */
    public boolean ended() {
        return end.isDone();
    }

    /** Cancels the run if it still goes on, waits for its end and frees what it holds. */
    @Override
    public void close() {
        if (!end.isDone()) {
            cancel("closed");
        }
        end.handle((outcome, failure) -> null).join();
        release();
    }

    /** Actors first: they use the data plane's memory, and their own until they have stopped. */
    private void release() {
        if (releasing.compareAndSet(false, true)) {
            try {
                guardian.tell(RunGuardian.Stop.INSTANCE);
                actorsStopped.join();
                if (ownSystem) {
                    system.terminate();
                    system.getWhenTerminated().toCompletableFuture().join();
                }
                dataPlane.close();
            } finally {
                released.complete(null);
            }
        }
        released.join();
    }
}
