package io.aktnode.ops.node;

import akka.cluster.Member;
import akka.cluster.Reachability;
import akka.cluster.UniqueAddress;
import akka.cluster.sbr.DowningStrategy;
import java.util.Set;
import java.util.stream.Collectors;
import scala.Option;
import scala.jdk.javaapi.CollectionConverters;

/**
 * Which members go on when some cannot be reached: the side with more supervisors, of equally many
 * the side with more members, of equally many of these the one with the lowest address. Two sides
 * of a partition come to opposite conclusions; where members that come or go at the same time could
 * let both go on, none does, and all join anew.
 *
 * <p>Akka's {@code keep-majority} falls short twice. It takes a member that complained of another
 * and was then lost itself for one that is connected through third parties, and downs everybody:
 * two of five processes killed within seconds are the end of all (akka/akka-core issue 30391). And
 * of two supervisors it keeps the one with the lower address, even when that is the one that
 * crashed.
 *
 * <p>Used by Akka's split brain resolver in its own actor, one thread at a time.
 */
final class KeepSupervisors extends DowningStrategy {

    private final String supervisorRole;

    /** Members of which only those complain whose complaints do not count. */
    private scala.collection.immutable.Set<UniqueAddress> acquitted = noOne();

    /**
     * @param dataCenter Akka's name for this node's data center
     * @param self this node
     * @param supervisorRole the role that is counted first
     */
    KeepSupervisors(String dataCenter, UniqueAddress self, String supervisorRole) {
        super(dataCenter, self);
        this.supervisorRole = supervisorRole;
    }

    private static scala.collection.immutable.Set<UniqueAddress> noOne() {
        return scala.collection.immutable.Set$.MODULE$.empty();
    }

    @Override
    public Option<String> role() {
        return Option.apply(supervisorRole);
    }

    /**
     * Complaints by those that are lost do not count: whoever is complained of by a member that
     * nobody complains of cannot take its own back any more.
     */
    @Override
    public void setReachability(Reachability all) {
        super.setReachability(all);
        Reachability known = reachability();
        Set<UniqueAddress> accused =
                CollectionConverters.asJava(known.allUnreachableOrTerminated());
        Set<UniqueAddress> lost =
                CollectionConverters.asJava(known.records()).stream()
                        .filter(record -> !accused.contains(record.observer()))
                        .map(Reachability.Record::subject)
                        .collect(Collectors.toSet());
        Reachability counted = known.filterRecords(record -> !lost.contains(record.observer()));
        super.setReachability(counted);
        acquitted = known.allUnreachableOrTerminated().diff(counted.allUnreachableOrTerminated());
    }

    @Override
    public scala.collection.immutable.Set<UniqueAddress> unreachable() {
        return super.unreachable().diff(acquitted);
    }

    @Override
    public boolean unreachable(Member member) {
        return unreachable().contains(member.uniqueAddress());
    }

    @Override
    public Decision decide() {
        if (hasIndirectlyConnected()) {
            return DownIndirectlyConnected$.MODULE$;
        }
        if (!goesOn(false)) {
            return DownReachable$.MODULE$;
        }
        return goesOn(true) ? DownUnreachable$.MODULE$ : DownAll$.MODULE$;
    }

    /**
     * @param cautious whether to take those that leave for gone on this side and those that join
     *     for arrived on the other, where that may already be so
     */
    private boolean goesOn(boolean cautious) {
        Side here = Side.of(reachableMembers(false, cautious), supervisorRole);
        Side there = Side.of(unreachableMembers(cautious, false), supervisorRole);
        int more = here.compareTo(there);
        return more == 0 ? hasLowestAddress(cautious) : more > 0;
    }

    private boolean hasLowestAddress(boolean cautious) {
        scala.collection.immutable.SortedSet<Member> members = members(false, cautious);
        return !members.isEmpty() && !unreachable(members.head());
    }

    private record Side(long supervisors, int members) implements Comparable<Side> {

        static Side of(
                scala.collection.immutable.SortedSet<Member> members, String supervisorRole) {
            Set<Member> all = CollectionConverters.asJava(members);
            return new Side(
                    all.stream().filter(member -> member.hasRole(supervisorRole)).count(),
                    all.size());
        }

        @Override
        public int compareTo(Side other) {
            int bySupervisors = Long.compare(supervisors, other.supervisors);
            return bySupervisors != 0 ? bySupervisors : Integer.compare(members, other.members);
        }
    }
}
