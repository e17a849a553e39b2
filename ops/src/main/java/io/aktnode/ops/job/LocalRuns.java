package io.aktnode.ops.job;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import io.aktnode.actors.run.LocalRun;
import io.aktnode.actors.run.RoleFactory;
import io.aktnode.actors.run.RunEnvironment;
import io.aktnode.actors.run.RunListener;
import io.aktnode.actors.run.RunOutcome;
import io.aktnode.actors.run.RunSpec;
import io.aktnode.ops.config.RunSettings;
import io.aktnode.ops.config.Settings;
import java.util.Optional;

/** Runs all roles in this process: in an actor system of the run's own, or in one that is there. */
public final class LocalRuns implements Runs {

    /** Ctrl-C must not stop the actors before the last checkpoint. */
    private static final String OWN_SYSTEM =
            """
            akka.actor.provider = local
            akka.coordinated-shutdown.run-by-jvm-shutdown-hook = off
            akka.coordinated-shutdown.exit-jvm = off
            """;

    private final Settings settings;
    private final Optional<ActorSystem<?>> system;

    /**
     * @param system stays up afterwards; without one a system is started for each run
     */
    public LocalRuns(Settings settings, Optional<ActorSystem<?>> system) {
        this.settings = settings;
        this.system = system;
    }

    @Override
    public Handle start(RunSpec spec, RoleFactory roles, RunListener listener) {
        RunEnvironment environment = RunSettings.read(settings.akt());
        if (system.isPresent()) {
            return new Started(
                    LocalRun.start(spec, roles, listener, environment.withSystem(system.get())),
                    Optional.empty());
        }
        ActorSystem<?> own =
                ActorSystem.create(
                        Behaviors.empty(),
                        "akt-run",
                        ConfigFactory.parseString(OWN_SYSTEM).withFallback(settings.everything()));
        try {
            return new Started(
                    LocalRun.start(spec, roles, listener, environment.withSystem(own)),
                    Optional.of(own));
        } catch (RuntimeException e) {
            own.terminate();
            throw e;
        }
    }

    /**
     * @param own terminated when the run has ended
     */
    private record Started(LocalRun run, Optional<ActorSystem<?>> own) implements Handle {

        @Override
        public RunOutcome await() {
            try {
                return run.await();
            } finally {
                own.ifPresent(
                        system -> {
                            system.terminate();
                            system.getWhenTerminated().toCompletableFuture().join();
                        });
            }
        }

        @Override
        public void cancel() {
            run.cancel("asked to stop");
        }
    }
}
