package io.aktnode.actors.fake;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.typed.ActorRef;
import akka.actor.typed.javadsl.Behaviors;
import io.aktnode.actors.cluster.ClusterRun;
import io.aktnode.actors.cluster.HostConfig;
import io.aktnode.actors.cluster.RoleHost;
import io.aktnode.actors.cluster.RunLead;
import io.aktnode.actors.data.FramePorts;
import io.aktnode.actors.run.RunEnvironment;
import io.aktnode.actors.run.RunListener;
import io.aktnode.actors.run.RunOutcome;
import io.aktnode.actors.run.RunPolicy;
import io.aktnode.actors.run.RunSpec;
import io.aktnode.protocol.control.HostProtocol;
import io.aktnode.protocol.control.HostProtocol.RunEnd;
import io.aktnode.protocol.control.Passport;
import io.aktnode.protocol.frame.FrameKey;
import java.util.List;
import java.util.Optional;
import java.util.function.Consumer;
import java.util.function.Function;
import java.util.function.Supplier;

/**
 * A run whose fake roles are borne by hosts, all in one actor system.
 *
 * @param policy of the supervisor and of the roles
 */
public record FakeCluster(ActorTestKit kit, RunSpec spec, RunPolicy policy) {

    private static final Passport PASSPORT = Passport.of("a");

    public FakeCluster(ActorTestKit kit, RunSpec spec) {
        this(kit, spec, RunPolicy.defaults());
    }

    /**
     * Starts a host.
     *
     * @param joins widths of students that join the running training; if any, it bears no other
     * @param onDismissed told how the run is over
     */
    public ActorRef<HostProtocol.Command> host(
            String kind,
            List<Integer> joins,
            Function<Optional<FrameKey>, FramePorts> ports,
            Consumer<RunEnd> onDismissed) {
        return kit.spawn(
                RoleHost.create(
                        new HostConfig(
                                kind,
                                kind + " host",
                                PASSPORT,
                                joins.isEmpty() ? 1 : 0,
                                joins,
                                ports,
                                new FakeWorkshop(spec, FakeRoles.of(spec.training()), policy),
                                (end, sentence) -> onDismissed.accept(end))));
    }

    /** Starts a host of one role that is not asked how the run ends. */
    public void host(String kind, Function<Optional<FrameKey>, FramePorts> ports) {
        host(kind, List.of(), ports, end -> {});
    }

    /** Starts what leads the run. */
    public ActorRef<RunLead.Command> lead(Supplier<Optional<FrameKey>> key) {
        return kit.spawn(RunLead.create(kit.spawn(Behaviors.ignore()), ref -> {}, PASSPORT, key));
    }

    /** Runs to the end. */
    public RunOutcome run(RunListener listener, ActorRef<RunLead.Command> lead) {
        return ClusterRun.start(
                        spec,
                        FakeRoles.of(spec.training()),
                        listener,
                        RunEnvironment.defaults().withPolicy(policy),
                        "",
                        lead)
                .await();
    }
}
