package io.aktnode.actors.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.receptionist.Receptionist;
import io.aktnode.actors.fake.Bench;
import io.aktnode.protocol.control.CrewProtocol;
import io.aktnode.protocol.control.HostProtocol;
import io.aktnode.protocol.control.Passport;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.frame.FrameKey;
import io.aktnode.protocol.frame.RoleId;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

/** The keeper of a crew alone; the test plays the processes, the supervisor and the time. */
@Timeout(60)
class CrewKeeperTest {

    private static final Passport OURS = Passport.of("a");

    private final Bench bench = new Bench();
    private final FrameKey key = FrameKey.draw(new SecureRandom());
    private final TestProbe<HostProtocol.Request> host = bench.kit.createTestProbe();
    private ActorRef<CrewProtocol.Command> crew;

    @BeforeEach
    void start() {
        crew =
                bench.kit.spawn(
                        CrewKeeper.create(
                                new CrewConfig(
                                        "akt.seed = 7",
                                        OURS,
                                        Map.of("teacher", "ab12"),
                                        Optional.of(key),
                                        List.of(3),
                                        Map.of(),
                                        bench.supervisor.ref())));
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    private void offer(TestProbe<HostProtocol.Request> probe) {
        bench.kit
                .system()
                .receptionist()
                .tell(Receptionist.register(HostKeys.of(HostKeys.STUDENT), probe.ref()));
    }

    private void leave(TestProbe<HostProtocol.Request> probe) {
        bench.kit
                .system()
                .receptionist()
                .tell(Receptionist.deregister(HostKeys.of(HostKeys.STUDENT), probe.ref()));
    }

    private void introduce(TestProbe<HostProtocol.Request> probe, Passport passport, String hash) {
        introduce(probe, passport, List.of(), hash);
    }

    private void introduce(
            TestProbe<HostProtocol.Request> probe,
            Passport passport,
            List<Integer> joins,
            String hash) {
        crew.tell(
                new CrewProtocol.Introduced(
                        probe.ref(), "b (4711)", 1, passport, joins, Map.of("teacher", hash)));
    }

    private HostProtocol.Assign assigned(TestProbe<HostProtocol.Request> probe) {
        offer(probe);
        probe.expectMessageClass(HostProtocol.Introduce.class);
        introduce(probe, OURS, "ab12");
        return probe.expectMessageClass(HostProtocol.Assign.class);
    }

    private void later() {
        bench.time.timePasses(CrewKeeper.TELL_AGAIN_AFTER);
    }

    @Test
    void asksAProcessAgainInTheSameRoundUntilItIntroducesItself() {
        offer(host);
        HostProtocol.Introduce first = host.expectMessageClass(HostProtocol.Introduce.class);
        later();
        HostProtocol.Introduce again = host.expectMessageClass(HostProtocol.Introduce.class);
        introduce(host, OURS, "ab12");
        host.expectMessageClass(HostProtocol.Assign.class);
        later();

        assertEquals(first, again);
        assertEquals(OURS, first.passport());
        host.expectMessageClass(HostProtocol.Assign.class);
        bench.assertAllHandled();
    }

    @Test
    void aProcessThatComesIntoSightAnewIsAskedInAnotherRound() {
        offer(host);
        long round = host.expectMessageClass(HostProtocol.Introduce.class).round();
        leave(host);
        offer(host);

        long next = host.expectMessageClass(HostProtocol.Introduce.class).round();

        assertTrue(next > round, round + ", then " + next);
    }

    @Test
    void handsOutTheFrameKeyWithTheRoleAndGivesTheRoleAgainUnderItsNumber() {
        HostProtocol.Assign first = assigned(host);
        later();
        HostProtocol.Assign again = host.expectMessageClass(HostProtocol.Assign.class);

        assertEquals(first, again);
        assertEquals(Optional.of(key), first.frameKey());
        assertEquals(RoleId.student(0), first.role());
        assertEquals("akt.seed = 7", first.job());
    }

    @Test
    void tellsTheSupervisorOfARoleThatEndedOnceHoweverOftenItHears() {
        HostProtocol.Assign assignment = assigned(host);
        CrewProtocol.RoleStopped stopped =
                new CrewProtocol.RoleStopped(
                        host.ref(), assignment.role(), assignment.number(), "no memory");
        crew.tell(stopped);
        crew.tell(stopped);
        later();

        SupervisorProtocol.RoleGone gone = bench.told(SupervisorProtocol.RoleGone.class);

        assertEquals("no memory (on b (4711))", gone.cause());
        bench.supervisor.expectNoMessage();
        host.expectNoMessage();
    }

    @Test
    void theEndOfAnEarlierAssignmentIsNoEndOfTheLater() {
        HostProtocol.Assign earlier = assigned(host);
        leave(host);
        bench.told(SupervisorProtocol.RoleLost.class);
        HostProtocol.Assign later = assigned(host);
        crew.tell(
                new CrewProtocol.RoleStopped(
                        host.ref(), earlier.role(), earlier.number(), "too late"));
        later();

        assertEquals(later, host.expectMessageClass(HostProtocol.Assign.class));
        assertTrue(later.number() > earlier.number());
        bench.supervisor.expectNoMessage();
    }

    @Test
    void aStandbyGetsTheRoleOfAProcessThatIsGone() {
        assigned(host);
        TestProbe<HostProtocol.Request> standby = bench.kit.createTestProbe();
        offer(standby);
        standby.expectMessageClass(HostProtocol.Introduce.class);
        introduce(standby, OURS, "ab12");
        standby.expectNoMessage();
        leave(host);

        assertEquals(
                RoleId.student(0), standby.expectMessageClass(HostProtocol.Assign.class).role());
        assertEquals(RoleId.student(0), bench.told(SupervisorProtocol.RoleLost.class).role());
    }

    private String refusal(Passport passport, String hash) {
        offer(host);
        host.expectMessageClass(HostProtocol.Introduce.class);
        introduce(host, passport, hash);
        HostProtocol.Reject first = host.expectMessageClass(HostProtocol.Reject.class);
        introduce(host, OURS, "ab12");
        later();
        assertEquals(first, host.expectMessageClass(HostProtocol.Reject.class));
        return first.why();
    }

    @Test
    void refusesAProcessOfAnotherRun() {
        assertEquals(
                "it was started for the run \"b\", the supervisor for \"a\"; give all processes"
                        + " the same akt.node.run, or this one the address of its own cluster",
                refusal(Passport.of("b"), "ab12"));
    }

    @Test
    void refusesAReleaseThatKnewNoPassports() {
        assertEquals(
                "its control messages are of version 0, the supervisor's of version "
                        + OURS.controlVersion()
                        + "; start all processes from the same release",
                refusal(null, "ab12"));
    }

    @Test
    void refusesAProcessWhoseFramesAreOfAnotherVersion() {
        Passport other = new Passport(OURS.controlVersion(), OURS.frameVersion() + 1, "a");

        assertEquals(
                "its tensor frames are of version "
                        + other.frameVersion()
                        + ", the supervisor's of version "
                        + OURS.frameVersion()
                        + "; start all processes from the same release",
                refusal(other, "ab12"));
    }

    @Test
    void refusesAProcessWithAnotherTeacher() {
        assertEquals(
                "its teacher is cd34, the supervisor's is ab12; give all processes the same one",
                refusal(OURS, "cd34"));
    }

    @Test
    void tellsAllProcessesThatTheRunIsOver() {
        assigned(host);
        HostProtocol.Dismiss over = new HostProtocol.Dismiss(HostProtocol.RunEnd.COMPLETED, "done");

        crew.tell(new CrewKeeper.Dismiss(over));

        assertEquals(over, host.receiveMessage());
        bench.supervisor.expectNoMessage();
    }

    private TestProbe<HostProtocol.Request> guest(int bits) {
        TestProbe<HostProtocol.Request> probe = bench.kit.createTestProbe();
        offer(probe);
        probe.expectMessageClass(HostProtocol.Introduce.class);
        introduce(probe, OURS, List.of(bits), "ab12");
        return probe;
    }

    @Test
    void givesAGuestOfAnotherWidthASeatBehindTheRunsOwnStudents() {
        HostProtocol.Assign assign = guest(5).expectMessageClass(HostProtocol.Assign.class);

        assertEquals(RoleId.student(1), assign.role());
        assertEquals(5, assign.guestBits());
        assertEquals(
                RoleId.student(2), guest(4).expectMessageClass(HostProtocol.Assign.class).role());
    }

    @Test
    void anotherGuestOfTheSameWidthStandsByAndTakesItsSeat() {
        TestProbe<HostProtocol.Request> first = guest(5);
        first.expectMessageClass(HostProtocol.Assign.class);
        TestProbe<HostProtocol.Request> second = guest(5);
        second.expectNoMessage(Duration.ZERO);

        leave(first);

        assertEquals(RoleId.student(1), bench.told(SupervisorProtocol.RoleLost.class).role());
        assertEquals(
                RoleId.student(1), second.expectMessageClass(HostProtocol.Assign.class).role());
    }

    @Test
    void aProcessWhoseGuestCannotBeMadeIsNotAskedAgain() {
        TestProbe<HostProtocol.Request> guest = guest(5);
        HostProtocol.Assign assignment = guest.expectMessageClass(HostProtocol.Assign.class);
        crew.tell(
                new CrewProtocol.RoleStopped(
                        guest.ref(), assignment.role(), assignment.number(), "no such file"));

        assertEquals(RoleId.student(1), bench.told(SupervisorProtocol.RoleLost.class).role());
        later();
        guest.expectNoMessage();
    }

    @Test
    void refusesAGuestOfAWidthTheRunHasItself() {
        HostProtocol.Reject reject = guest(3).expectMessageClass(HostProtocol.Reject.class);

        assertEquals(
                "the run has a student of 3 bits of its own; join with another width",
                reject.why());
    }
}
