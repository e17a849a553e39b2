package io.aktnode.actors.run;

import akka.actor.typed.ActorSystem;
import io.aktnode.protocol.tensor.DataPlaneConfig;
import java.time.InstantSource;
import java.util.Optional;
import java.util.function.LongSupplier;

/**
 * What a run works in.
 *
 * @param policy how it is kept healthy
 * @param dataPlane how tensors travel
 * @param system a system to run in, which stays up afterwards; empty starts one for the run
 * @param nanoClock monotonic, ns
 * @param clock for the journal
 */
public record RunEnvironment(
        RunPolicy policy,
        DataPlaneConfig dataPlane,
        Optional<ActorSystem<?>> system,
        LongSupplier nanoClock,
        InstantSource clock) {

    public static RunEnvironment defaults() {
        return new RunEnvironment(
                RunPolicy.defaults(),
                DataPlaneConfig.defaults(),
                Optional.empty(),
                System::nanoTime,
                InstantSource.system());
    }

    public RunEnvironment withPolicy(RunPolicy newPolicy) {
        return new RunEnvironment(newPolicy, dataPlane, system, nanoClock, clock);
    }

    public RunEnvironment withSystem(ActorSystem<?> newSystem) {
        return new RunEnvironment(policy, dataPlane, Optional.of(newSystem), nanoClock, clock);
    }
}
