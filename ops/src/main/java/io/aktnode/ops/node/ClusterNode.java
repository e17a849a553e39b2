package io.aktnode.ops.node;

import akka.actor.ActorRef;
import akka.actor.ActorSelection;
import akka.actor.ActorSystem;
import akka.actor.Address;
import akka.actor.CoordinatedShutdown;
import akka.actor.RootActorPath;
import akka.actor.typed.Props;
import akka.actor.typed.javadsl.Adapter;
import akka.cluster.Cluster;
import akka.cluster.Member;
import akka.cluster.UniqueAddress;
import akka.management.cluster.bootstrap.ClusterBootstrap;
import akka.management.javadsl.AkkaManagement;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.aktnode.actors.run.RunFailedException;
import io.aktnode.ops.config.Hosts;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.concurrent.CompletionStage;
import java.util.stream.Collectors;
import java.util.stream.StreamSupport;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/** A member of the cluster with its management endpoints; lives until the process is stopped. */
public final class ClusterNode {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterNode.class);

    /** The same for all nodes: members of a cluster share the system's name. */
    private static final String NAME = "akt";

    private final ActorSystem system;
    private final NodeSettings settings;

    /** Of the cluster this node was in when last looked. */
    private volatile Set<UniqueAddress> lastMembers = Set.of();

    private ClusterNode(ActorSystem system, NodeSettings settings) {
        this.system = system;
        this.settings = settings;
    }

    /**
     * Starts the actor system, joins or looks for others, serves management.
     *
     * @param peers those that were in a cluster with this process before; a first seed, which knows
     *     of nobody else, joins them again
     * @param everything all settings of the process, Akka's included
     * @throws RunFailedException when a port is taken or an address is not this machine's
     */
    public static ClusterNode start(
            NodeSettings settings, Collection<Address> peers, Config everything) {
        // Once an actor system exists, its end is the end of the process, with a code of its own.
        requireFree(
                "the node", "akt.node.host and akt.node.port", settings.host(), settings.port());
        if (settings.management()) {
            requireFree(
                    "management",
                    "akt.management.host and akt.management.port",
                    settings.managementHost(),
                    settings.managementPort());
        }
        ActorSystem system = ActorSystem.create(NAME, config(settings, everything));
        ClusterNode node = new ClusterNode(system, settings);
        node.serveManagement();
        node.join(peers);
        return node;
    }

    private static void requireFree(String who, String keys, String host, int port) {
        try (ServerSocket socket = new ServerSocket()) {
            socket.setReuseAddress(true);
            socket.bind(new InetSocketAddress(host, port));
        } catch (IOException e) {
            throw new RunFailedException(
                    who
                            + " cannot listen on "
                            + Hosts.beforePort(host)
                            + ":"
                            + port
                            + " ("
                            + e.getMessage()
                            + "); set "
                            + keys
                            + " to what is free here",
                    e);
        }
    }

    static Config config(NodeSettings settings, Config everything) {
        settings.exposure().check(everything);
        Config own =
                ConfigFactory.parseMap(
                        Map.of(
                                "akka.remote.artery.canonical.hostname", settings.host(),
                                "akka.remote.artery.canonical.port", settings.port(),
                                "akka.cluster.roles", roles(settings),
                                "akka.cluster.failure-detector.acceptable-heartbeat-pause",
                                        settings.failureAfter(),
                                "akka.cluster.split-brain-resolver.stable-after",
                                        settings.failureAfter(),
                                // Counted from the first loss, while a second one begins the wait
                                // above anew: Akka's 3/4 of it would down everybody then.
                                "akka.cluster.split-brain-resolver.down-all-when-unstable",
                                        settings.failureAfter().multipliedBy(2),
                                "akka.management.http.hostname", settings.managementHost(),
                                "akka.management.http.port", settings.managementPort()),
                        "akt.node");
        Config discovery =
                settings.discovery()
                        .map(found -> found.akka(settings.managementPort()))
                        .orElseGet(ClusterNode::withoutBootstrap);
        Config tls = settings.tls().map(TlsSettings::akka).orElseGet(ConfigFactory::empty);
        return own.withFallback(tls).withFallback(discovery).withFallback(everything);
    }

    private static List<String> roles(NodeSettings settings) {
        List<String> roles = new ArrayList<>(settings.roles());
        if (settings.supervises()) {
            roles.add(settings.leadRole());
        }
        return roles;
    }

    /** Management need not offer what nobody asks for. */
    private static Config withoutBootstrap() {
        return ConfigFactory.parseMap(
                Map.of("akka.management.http.routes.cluster-bootstrap", ""), "akt.node.discovery");
    }

    private void serveManagement() {
        if (!settings.management()) {
            return;
        }
        AkkaManagement.get(system).start().toCompletableFuture().join();
        LOG.info(
                "management answers on http://{}:{} (/alive, /ready, /cluster/members)",
                Hosts.beforePort(settings.managementHost()),
                settings.managementPort());
    }

    private void join(Collection<Address> peers) {
        Cluster cluster = Cluster.get(system);
        Address own = cluster.selfAddress();
        if (settings.discovery().isPresent()) {
            find(settings.discovery().get());
            return;
        }
        if (settings.seeds().isEmpty()) {
            LOG.info("starting a cluster at {}", address());
            cluster.join(own);
            return;
        }
        List<Address> seeds = new ArrayList<>(settings.seeds().stream().map(this::akka).toList());
        if (seeds.get(0).equals(own)) {
            // All others come to the first seed by themselves, also from a cluster they are in.
            seeds.addAll(peers);
        }
        LOG.info(
                "joining the cluster at {}",
                seeds.stream().map(ClusterNode::hostPort).collect(Collectors.joining(", ")));
        cluster.joinSeedNodes(seeds);
    }

    private Address akka(String seed) {
        Address own = Cluster.get(system).selfAddress();
        return own.copy(
                own.protocol(),
                own.system(),
                Option.apply(Addresses.host(seed)),
                Option.apply(Addresses.port(seed)));
    }

    private void find(DiscoverySettings discovery) {
        LOG.info(
                "looking for the cluster by {} (service {}); a new one starts when {} nodes are"
                        + " found and all of them answer",
                discovery.method(),
                discovery.service(),
                discovery.contactPoints());
        ClusterBootstrap.get(system).start();
    }

    /** The system, for running a job in it. */
    public akka.actor.typed.ActorSystem<Void> system() {
        return Adapter.toTyped(system);
    }

    /** host:port of the control plane. */
    public String address() {
        Address own = Cluster.get(system).selfAddress();
        return Hosts.beforePort(settings.host()) + ":" + own.getPort().get();
    }

    /**
     * Has the first seed, if there are any, watched from now on.
     *
     * @param onApart run once, on another thread, when it turns out to be in another cluster; where
     *     nodes look each other up they find whatever cluster there is, and it is never run
     */
    public void watchSeed(Runnable onApart) {
        if (settings.seeds().isEmpty()) {
            return;
        }
        Cluster cluster = Cluster.get(system);
        Address seed = akka(settings.seeds().get(0));
        ActorSelection there =
                system.actorSelection(
                        RootActorPath.apply(seed, "/").child("system").child(SeedWatch.NAME));
        system().systemActorOf(
                        SeedWatch.create(
                                cluster.selfUniqueAddress(),
                                this::members,
                                seed.toString(),
                                question -> there.tell(question, ActorRef.noSender()),
                                settings.failureAfter(),
                                onApart),
                        SeedWatch.NAME,
                        Props.empty());
    }

    private Set<UniqueAddress> members() {
        Cluster cluster = Cluster.get(system);
        Set<UniqueAddress> now =
                StreamSupport.stream(cluster.state().getMembers().spliterator(), false)
                        .map(Member::uniqueAddress)
                        .collect(Collectors.toUnmodifiableSet());
        if (now.contains(cluster.selfUniqueAddress())) {
            lastMembers = now;
        }
        return now;
    }

    /** The others in the cluster this node was in when last looked. */
    public Set<Address> peers() {
        Address own = Cluster.get(system).selfAddress();
        return lastMembers.stream()
                .map(UniqueAddress::address)
                .filter(address -> !address.equals(own))
                .collect(Collectors.toUnmodifiableSet());
    }

    private static String hostPort(Address address) {
        return address.host().get() + ":" + address.port().get();
    }

    /** Leaves the cluster in order and ends the system; returns at once, may be called twice. */
    public void leave() {
        shutdown().runAll(CoordinatedShutdown.clusterLeavingReason());
    }

    /**
     * Goes as one that others put out, so that a run it leads is given up here, not ended for all;
     * returns at once.
     */
    public void putOut() {
        Cluster cluster = Cluster.get(system);
        if (members().contains(cluster.selfUniqueAddress())) {
            cluster.down(cluster.selfAddress());
        } else {
            leave();
        }
    }

    /** Completed when the system has ended. */
    public CompletionStage<?> terminated() {
        return system.getWhenTerminated();
    }

    /** Waits until the node has left the cluster and its system has ended. */
    public void awaitEnd() {
        system.getWhenTerminated().toCompletableFuture().join();
    }

    /** What lets a job end in order before the node leaves. */
    public CoordinatedShutdown shutdown() {
        return CoordinatedShutdown.get(system);
    }
}
