package io.aktnode.ops.node;

import akka.actor.Address;
import akka.actor.CoordinatedShutdown;
import akka.actor.typed.ActorRef;
import akka.actor.typed.ActorSystem;
import akka.actor.typed.Props;
import akka.cluster.typed.ClusterSingleton;
import akka.cluster.typed.ClusterSingletonSettings;
import akka.cluster.typed.SingletonActor;
import io.aktnode.actors.cluster.HostConfig;
import io.aktnode.actors.cluster.HostKeys;
import io.aktnode.actors.cluster.RoleHost;
import io.aktnode.actors.cluster.RunLead;
import io.aktnode.actors.cluster.Workshop;
import io.aktnode.actors.data.AeronPorts;
import io.aktnode.actors.data.FramePorts;
import io.aktnode.actors.replica.ReplicaKeeper;
import io.aktnode.actors.run.RunFailedException;
import io.aktnode.ops.config.Hosts;
import io.aktnode.ops.config.RunSettings;
import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.SettingsReader;
import io.aktnode.protocol.control.HostProtocol.RunEnd;
import io.aktnode.protocol.control.Passport;
import io.aktnode.protocol.control.ReplicaProtocol;
import io.aktnode.protocol.frame.FrameKey;
import io.aktnode.protocol.tensor.DataPlane;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Collection;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.BlockingQueue;
import java.util.concurrent.CompletionStage;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import java.util.function.Function;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * One stay of this process in the cluster, from joining to leaving it or being put out: its node,
 * its data plane, the hosts of its roles. Any thread may call the methods, one waits for events.
 */
public final class Membership implements AutoCloseable {

    private static final Logger LOG = LoggerFactory.getLogger(Membership.class);

    /** What happens to this process. */
    public sealed interface Event {}

    /** From now on this process leads the cluster's run. */
    public record Leading(ActorRef<RunLead.Command> lead) implements Event {}

    /** The run is over; its roles here have stopped. */
    public record Dismissed(RunEnd end, String sentence) implements Event {}

    /**
     * The stay has ended.
     *
     * @param again whether the process should join again: it did not want to leave
     */
    public record Over(boolean again) implements Event {}

    private final NodeSettings settings;
    private final ClusterNode node;
    private final Optional<DataPlane> dataPlane;
    private final BlockingQueue<Event> events = new LinkedBlockingQueue<>();
    private volatile boolean again;

    private Membership(
            NodeSettings settings,
            Collection<Address> peers,
            Settings everything,
            Workshop workshop) {
        this.settings = settings;
        boolean bears = settings.roles().stream().anyMatch(role -> !isLead(role));
        this.dataPlane =
                bears
                        ? Optional.of(
                                DataPlane.start(
                                        RunSettings.read(everything.akt()).dataPlane(),
                                        this::onDataPlaneFault))
                        : Optional.empty();
        try {
            this.node = ClusterNode.start(settings, peers, everything.everything());
        } catch (RuntimeException e) {
            dataPlane.ifPresent(DataPlane::close);
            throw e;
        }
        settings.roles().forEach(role -> host(role, workshop));
        if (settings.supervises()) {
            standForLead(keepCopies(everything));
        }
        node.watchSeed(this::joinAnew);
        node.terminated().whenComplete((done, failure) -> events.add(new Over(putOut())));
    }

    /**
     * Joins, or starts, the cluster and offers to bear this process's roles.
     *
     * @param peers those that were in a cluster with this process before
     * @throws RunFailedException when a port is taken, an address is not this machine's or the data
     *     plane cannot start
     */
    public static Membership join(
            NodeSettings settings,
            Collection<Address> peers,
            Settings everything,
            Workshop workshop) {
        try {
            return new Membership(settings, peers, everything, workshop);
        } catch (IllegalStateException e) {
            throw new RunFailedException("the node cannot start: " + e.getMessage(), e);
        }
    }

    private static boolean isLead(String role) {
        return role.equals(HostKeys.SUPERVISOR);
    }

    private void host(String role, Workshop workshop) {
        HostConfig config =
                new HostConfig(
                        role,
                        name(),
                        passport(),
                        capacity(role),
                        role.equals(HostKeys.STUDENT) ? settings.joins() : List.of(),
                        ports(),
                        workshop,
                        (end, sentence) -> events.add(new Dismissed(end, sentence)));
        node.system()
                .systemActorOf(RoleHost.create(config), "akt-" + role + "-host", Props.empty());
    }

    private String name() {
        return node.address() + " (process " + ProcessHandle.current().pid() + ")";
    }

    private Passport passport() {
        return settings.passport();
    }

    private int capacity(String role) {
        return switch (role) {
            case HostKeys.SUPERVISOR -> 0;
            case HostKeys.STUDENT -> settings.students();
            default -> 1;
        };
    }

    /** A lead's host bears nothing and opens no port. */
    private Function<Optional<FrameKey>, FramePorts> ports() {
        String channel =
                "aeron:udp?endpoint="
                        + Hosts.beforePort(settings.host())
                        + ":"
                        + settings.transportPort();
        return key ->
                dataPlane
                        .<FramePorts>map(
                                plane ->
                                        new AeronPorts(
                                                plane, settings.host(), Optional.of(channel), key))
                        .orElse(
                                (role, landing) -> {
                                    throw new IllegalStateException(
                                            "no data plane in a process that only supervises, for "
                                                    + role);
                                });
    }

    /** Without TLS whoever listens would learn the key with the frames. */
    private Optional<FrameKey> drawFrameKey() {
        return settings.tls().map(tls -> FrameKey.draw(new SecureRandom()));
    }

    /** Until this process leads, its directory follows that of the one that does. */
    private ActorRef<ReplicaProtocol.Command> keepCopies(Settings everything) {
        SettingsReader akt = everything.akt();
        // A process without it does not get here: whoever may lead needs a directory.
        Path out = akt.path("out").orElseThrow();
        return node.system()
                .systemActorOf(
                        ReplicaKeeper.create(
                                passport().group(), () -> RunSettings.checkpoints(akt, out)),
                        "akt-copies",
                        ReplicaKeeper.dispatcher());
    }

    /** The oldest node that may leads; another takes over when it is gone. */
    private void standForLead(ActorRef<ReplicaProtocol.Command> copies) {
        ActorSystem<Void> system = node.system();
        ClusterSingleton.get(system)
                .init(
                        SingletonActor.of(
                                        RunLead.create(
                                                copies,
                                                lead -> events.add(new Leading(lead)),
                                                passport(),
                                                this::drawFrameKey),
                                        "akt-lead")
                                .withSettings(
                                        ClusterSingletonSettings.create(system)
                                                .withRole(settings.leadRole())));
    }

    private void onDataPlaneFault(Throwable fault) {
        LOG.error("the data plane failed ({}); this node joins anew", fault.getMessage());
        joinAnew();
    }

    private void joinAnew() {
        again = true;
        node.putOut();
    }

    /** Whether this stay ends without the process having wanted to leave. */
    private boolean putOut() {
        return again
                || node.shutdown()
                        .getShutdownReason()
                        .map(CoordinatedShutdown.clusterDowningReason()::equals)
                        .orElse(false);
    }

    /** Waits for what happens next. */
    public Event next() throws InterruptedException {
        return events.take();
    }

    /** Waits for the end of this stay; returns whether it came. */
    public boolean endsWithin(Duration time) throws InterruptedException {
        try {
            left().toCompletableFuture().get(time.toNanos(), TimeUnit.NANOSECONDS);
            return true;
        } catch (TimeoutException e) {
            return false;
        } catch (ExecutionException e) {
            return true; // however it ended
        }
    }

    /** Completed when this process is no longer in the cluster. */
    public CompletionStage<?> left() {
        return node.terminated();
    }

    /** The others in the cluster, also when this stay has ended. */
    public Set<Address> peers() {
        return node.peers();
    }

    /** What lets a job end in order before the node leaves. */
    public CoordinatedShutdown shutdown() {
        return node.shutdown();
    }

    /** Leaves the cluster and frees what was held; roles stop first. */
    @Override
    public void close() {
        node.leave();
        node.awaitEnd();
        dataPlane.ifPresent(DataPlane::close);
    }
}
