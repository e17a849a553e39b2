package io.aktnode.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.Address;
import akka.cluster.Member;
import akka.cluster.Member$;
import akka.cluster.MemberStatus;
import akka.cluster.Reachability;
import akka.cluster.UniqueAddress;
import akka.util.Version;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import scala.jdk.javaapi.CollectionConverters;

/** Members are called by their ports; the first that is added decides. */
class KeepSupervisorsTest {

    private static final String SUPERVISOR = "supervisor";
    private static final String OTHER = "student";

    private final List<Member> members = new ArrayList<>();
    private Reachability reachability = Reachability.empty();
    private final Set<Address> seenBy = new TreeSet<>(Member.addressOrdering());

    private static UniqueAddress node(int port) {
        return new UniqueAddress(new Address("akka", "akt", "127.0.0.1", port), (long) port);
    }

    private void add(int port, String role) {
        members.add(joining(port, role).copy(MemberStatus.up()));
    }

    private static Member joining(int port, String role) {
        return Member$.MODULE$.apply(
                node(port),
                CollectionConverters.asScala(Set.of("dc-default", role)).toSet(),
                Version.Zero());
    }

    private void loses(int observer, int... subjects) {
        for (int subject : subjects) {
            reachability = reachability.unreachable(node(observer), node(subject));
        }
    }

    /** The ports of those that are downed, in the view of the first member. */
    private Set<Integer> downed() {
        UniqueAddress self = members.get(0).uniqueAddress();
        KeepSupervisors strategy = new KeepSupervisors("default", self, SUPERVISOR);
        members.forEach(strategy::add);
        strategy.setReachability(reachability);
        strategy.setSeenBy(CollectionConverters.asScala(seenBy).toSet());
        Set<UniqueAddress> accused =
                CollectionConverters.asJava(reachability.allUnreachableOrTerminated());
        members.stream()
                .filter(member -> accused.contains(member.uniqueAddress()))
                .filter(member -> !member.uniqueAddress().equals(self))
                .forEach(strategy::addUnreachable);
        if (strategy.unreachable().isEmpty()) {
            return Set.of();
        }
        return CollectionConverters.asJava(strategy.nodesToDown(strategy.decide())).stream()
                .map(down -> (Integer) down.address().port().get())
                .collect(Collectors.toCollection(TreeSet::new));
    }

    @Test
    void keepsTheSideWithTheOnlySupervisorHoweverSmall() {
        add(1, SUPERVISOR);
        add(2, OTHER);
        add(3, OTHER);
        loses(1, 2, 3);

        assertEquals(Set.of(2, 3), downed());
    }

    @Test
    void putsOutTheSideWithoutTheSupervisor() {
        add(2, OTHER);
        add(3, OTHER);
        add(1, SUPERVISOR);
        loses(2, 1);
        loses(3, 1);

        assertEquals(Set.of(2, 3), downed());
    }

    @Test
    void keepsTheMajorityOfTheSupervisors() {
        add(1, SUPERVISOR);
        add(2, SUPERVISOR);
        add(3, SUPERVISOR);
        add(4, OTHER);
        add(5, OTHER);
        loses(1, 3, 4, 5);
        loses(2, 3, 4, 5);

        assertEquals(Set.of(3, 4, 5), downed());
    }

    @Test
    void ofTwoSupervisorsTheOneThatLivesGoesOnWithTheOthersWhateverItsAddress() {
        add(2, SUPERVISOR);
        add(1, SUPERVISOR);
        add(3, OTHER);
        loses(2, 1);
        loses(3, 1);

        assertEquals(Set.of(1), downed());
    }

    @Test
    void theSmallerOfTwoSidesWithASupervisorEachPutsItselfOut() {
        add(1, SUPERVISOR);
        add(2, SUPERVISOR);
        add(3, OTHER);
        loses(1, 2, 3);

        assertEquals(Set.of(1), downed());
    }

    @Test
    void ofEqualSidesTheOneWithTheLowestAddressGoesOn() {
        add(1, SUPERVISOR);
        add(2, SUPERVISOR);
        loses(1, 2);
        assertEquals(Set.of(2), downed());

        members.clear();
        reachability = Reachability.empty();
        add(2, SUPERVISOR);
        add(1, SUPERVISOR);
        loses(2, 1);
        assertEquals(Set.of(2), downed());
    }

    @Test
    void withoutAnySupervisorTheLargerSideGoesOn() {
        add(2, OTHER);
        add(3, OTHER);
        add(1, OTHER);
        loses(2, 1);
        loses(3, 1);

        assertEquals(Set.of(1), downed());
    }

    @Test
    void aMemberThatComplainedOfAnotherBeforeItWasLostTakesNobodyAlong() {
        add(1, SUPERVISOR);
        for (int port = 2; port <= 5; port++) {
            add(port, OTHER);
        }
        loses(1, 2);
        loses(3, 2);
        loses(1, 3);
        loses(4, 2, 3);
        loses(5, 2, 3);

        assertEquals(Set.of(2, 3), downed());
    }

    @Test
    void whomOnlyALostMemberComplainsOfIsKept() {
        add(1, SUPERVISOR);
        add(2, OTHER);
        add(3, OTHER);
        loses(3, 2);
        loses(1, 3);

        assertEquals(Set.of(3), downed());
    }

    @Test
    void twoThatCannotReachEachOtherButAreReachedByTheRestAreBothPutOut() {
        add(1, SUPERVISOR);
        add(2, OTHER);
        add(3, OTHER);
        loses(2, 3);
        loses(3, 2);

        assertEquals(Set.of(2, 3), downed());
    }

    @Test
    void oneThatCannotBeReachedButHasSeenTheNewestGossipIsPutOutWithItsObserver() {
        add(1, SUPERVISOR);
        add(2, OTHER);
        add(3, OTHER);
        loses(2, 3);
        seenBy.add(node(3).address());

        assertEquals(Set.of(2, 3), downed());
    }

    @Test
    void whereMembersThatJoinCouldLetBothSidesGoOnNoneDoes() {
        add(1, SUPERVISOR);
        add(3, OTHER);
        add(2, SUPERVISOR);
        members.add(joining(4, OTHER));
        loses(1, 2, 4);
        loses(3, 2, 4);
        // Here two against one; if 4 has arrived over there, two against two, and 1 is the lowest.
        assertEquals(Set.of(2, 4), downed());

        members.add(joining(5, OTHER));
        loses(1, 5);
        loses(3, 5);
        assertEquals(Set.of(1, 2, 3, 4, 5), downed());
    }
}
