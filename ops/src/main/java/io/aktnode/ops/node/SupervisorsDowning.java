package io.aktnode.ops.node;

import akka.actor.ActorSystem;
import akka.actor.Props;
import akka.cluster.Cluster;
import akka.cluster.DowningProvider;
import akka.cluster.sbr.SplitBrainResolver;
import akka.cluster.sbr.SplitBrainResolverProvider;
import akka.cluster.sbr.SplitBrainResolverSettings;
import io.aktnode.actors.cluster.HostKeys;
import scala.Option;
import scala.concurrent.duration.FiniteDuration;

/**
 * Akka's split brain resolver with its settings under {@code akka.cluster.split-brain-resolver},
 * but deciding by {@link KeepSupervisors}. Made by Akka, by the name in {@code
 * akka.cluster.downing-provider-class}.
 */
public final class SupervisorsDowning extends DowningProvider {

    private final ActorSystem system;

    /** By reflection. */
    public SupervisorsDowning(ActorSystem system) {
        this.system = system;
    }

    @Override
    public FiniteDuration downRemovalMargin() {
        return new SplitBrainResolverProvider(system).downRemovalMargin();
    }

    @Override
    public Option<Props> downingActorProps() {
        Cluster cluster = Cluster.get(system);
        return Option.apply(
                SplitBrainResolver.props(
                        new SplitBrainResolverSettings(system.settings().config())
                                .DowningStableAfter(),
                        new KeepSupervisors(
                                cluster.selfDataCenter(),
                                cluster.selfUniqueAddress(),
                                HostKeys.SUPERVISOR)));
    }
}
