package io.aktnode.actors.cluster;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import io.aktnode.actors.fake.Bench;
import io.aktnode.actors.fake.FakeRoles;
import io.aktnode.actors.fake.FakeWorkshop;
import io.aktnode.actors.run.RunSpec;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.protocol.control.CrewProtocol;
import io.aktnode.protocol.control.HostProtocol;
import io.aktnode.protocol.control.Passport;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.frame.FrameKey;
import io.aktnode.protocol.frame.RoleId;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.CopyOnWriteArrayList;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** A host of students alone; the test plays those who lead, and the supervisor. */
@Timeout(60)
class RoleHostTest {

    private static final Passport OURS = Passport.of("a");
    private static final RoleId STUDENT = RoleId.student(0);

    private final Bench bench = new Bench();
    private final TestProbe<CrewProtocol.Request> crew = bench.kit.createTestProbe();
    private final FrameKey key = FrameKey.draw(new SecureRandom());
    private final List<Optional<FrameKey>> keys = new CopyOnWriteArrayList<>();
    private final TestProbe<HostProtocol.Dismiss> dismissed = bench.kit.createTestProbe();

    @TempDir private Path directory;
    private FakeWorkshop workshop;
    private ActorRef<HostProtocol.Command> host;

    @BeforeEach
    void start() {
        TrainingConfig config = FakeRoles.config(BaseMethod.GDFQ, true);
        workshop =
                new FakeWorkshop(
                        new RunSpec(config, 1, 1, directory, false, 20, 2, Optional.empty(), 1),
                        FakeRoles.of(config));
        host = host(HostKeys.STUDENT, 2);
    }

    private ActorRef<HostProtocol.Command> host(String kind, int capacity) {
        return bench.kit.spawn(
                RoleHost.create(
                        new HostConfig(
                                kind,
                                "b (4711)",
                                OURS,
                                capacity,
                                List.of(),
                                frameKey -> {
                                    keys.add(frameKey);
                                    return bench.ports;
                                },
                                workshop,
                                (end, sentence) ->
                                        dismissed
                                                .ref()
                                                .tell(new HostProtocol.Dismiss(end, sentence)))));
    }

    @AfterEach
    void stop() {
        bench.close();
    }

    private CrewProtocol.Introduced introduced(
            TestProbe<CrewProtocol.Request> lead, long round, Passport passport) {
        host.tell(new HostProtocol.Introduce(lead.ref(), round, passport));
        return lead.expectMessageClass(CrewProtocol.Introduced.class);
    }

    private HostProtocol.Assign assignment(TestProbe<CrewProtocol.Request> lead, long number) {
        return new HostProtocol.Assign(
                STUDENT, number, 0, "a job", Optional.of(key), bench.supervisor.ref(), lead.ref());
    }

    private void up() {
        bench.told(SupervisorProtocol.StudentUp.class);
    }

    private void awaitRoleEnded() {
        while (workshop.closed.get() == 0) {
            Thread.onSpinWait();
        }
    }

    @Test
    void saysWhoItIs() {
        CrewProtocol.Introduced introduced = introduced(crew, 1, OURS);

        assertEquals("b (4711)", introduced.name());
        assertEquals(2, introduced.capacity());
        assertEquals(OURS, introduced.passport());
    }

    @Test
    void bearsARoleOnceHoweverOftenItIsAskedAndAssigned() {
        introduced(crew, 1, OURS);
        host.tell(assignment(crew, 1));
        up();
        introduced(crew, 1, OURS);
        host.tell(assignment(crew, 1));
        introduced(crew, 1, OURS);

        assertEquals(List.of("a job"), workshop.jobs);
        assertEquals(0, workshop.closed.get());
        assertEquals(List.of(Optional.of(key)), keys);
        bench.supervisor.expectNoMessage();
        bench.assertAllHandled();
    }

    @Test
    void aLaterAssignmentOfTheSameRoleReplacesIt() {
        introduced(crew, 1, OURS);
        host.tell(assignment(crew, 1));
        up();
        host.tell(assignment(crew, 2));
        up();
        host.tell(assignment(crew, 1));
        introduced(crew, 1, OURS);

        assertEquals(2, workshop.jobs.size());
        assertEquals(1, workshop.closed.get());
        crew.expectNoMessage();
    }

    @Test
    void dropsItsRolesWhenTheLeadComesToKnowItAnew() {
        introduced(crew, 1, OURS);
        host.tell(assignment(crew, 1));
        up();
        introduced(crew, 2, OURS);

        awaitRoleEnded();
        crew.expectNoMessage();
        host.tell(assignment(crew, 2));
        up();
    }

    @Test
    void tellsAgainThatARoleHasEndedWhenItIsStillCountedOn() {
        workshop.broken = "no such teacher";
        introduced(crew, 1, OURS);
        host.tell(assignment(crew, 1));
        CrewProtocol.RoleStopped first = crew.expectMessageClass(CrewProtocol.RoleStopped.class);
        host.tell(assignment(crew, 1));
        CrewProtocol.RoleStopped again = crew.expectMessageClass(CrewProtocol.RoleStopped.class);

        assertEquals(first, again);
        assertEquals(1, first.number());
        assertEquals("no such teacher", first.cause());
        assertEquals(1, workshop.jobs.size());
    }

    @Test
    void followsNoLeadOfAnotherRunOrRelease() {
        for (Passport other : List.of(Passport.of("b"), new Passport(0, 0, "a"))) {
            assertEquals(0, introduced(crew, 1, other).capacity());
            host.tell(assignment(crew, 1));
        }

        introduced(crew, 2, OURS);
        assertEquals(List.of(), workshop.jobs);
        host.tell(assignment(crew, 2));
        up();
    }

    @Test
    void saysOnceWhyItIsNotTaken() {
        Passport theirs = Passport.of("b");
        String why = Passport.difference(OURS, theirs).orElseThrow();

        LoggingTestKit.error("b (4711) is not taken into the run: " + why)
                .withOccurrences(1)
                .expect(
                        bench.kit.system(),
                        () -> {
                            introduced(crew, 1, theirs);
                            introduced(crew, 1, theirs);
                            host.tell(new HostProtocol.Reject(why, crew.ref()));
                            introduced(crew, 1, theirs);
                            return why;
                        });
    }

    @Test
    void bearsNothingForALeadThatRejectedItOrThatAnotherFollowed() {
        introduced(crew, 1, OURS);
        host.tell(new HostProtocol.Reject("another teacher", crew.ref()));
        host.tell(assignment(crew, 1));
        TestProbe<CrewProtocol.Request> other = bench.kit.createTestProbe();
        introduced(other, 1, OURS);
        host.tell(assignment(crew, 2));
        introduced(other, 1, OURS);

        assertEquals(List.of(), workshop.jobs);
    }

    /** As when a process with a copied address leads a run of its own in the same cluster. */
    @Test
    void aLeadOfAnotherRunDoesNotTakeItFromItsOwn() {
        introduced(crew, 1, OURS);
        host.tell(assignment(crew, 1));
        up();
        TestProbe<CrewProtocol.Request> stranger = bench.kit.createTestProbe();

        introduced(stranger, 1, Passport.of("b"));
        host.tell(new HostProtocol.Reject("it is another run's", stranger.ref()));
        introduced(crew, 1, OURS);
        host.tell(assignment(crew, 1));

        crew.expectNoMessage();
        assertEquals(0, workshop.closed.get());
        assertEquals(1, workshop.jobs.size());
    }

    /** Once it led it would refuse all others. */
    @Test
    void aSupervisorThatItsLeadRejectsIsDismissedAndOneThatAStrangerRejectsIsNot() {
        host = host(HostKeys.SUPERVISOR, 0);
        TestProbe<CrewProtocol.Request> stranger = bench.kit.createTestProbe();
        introduced(stranger, 1, Passport.of("b"));
        host.tell(new HostProtocol.Reject("it is another run's", stranger.ref()));
        introduced(crew, 1, OURS);
        dismissed.expectNoMessage();

        host.tell(new HostProtocol.Reject("its teacher is another", crew.ref()));

        assertEquals(
                new HostProtocol.Dismiss(
                        HostProtocol.RunEnd.REFUSED,
                        "b (4711) is not taken into the run: its teacher is another"),
                dismissed.receiveMessage());
    }

    @Test
    void rolesEndWithTheirLead() {
        introduced(crew, 1, OURS);
        host.tell(assignment(crew, 1));
        up();

        crew.stop();

        awaitRoleEnded();
    }

    @Test
    void isDismissedWhenItsRolesHaveStopped() {
        introduced(crew, 1, OURS);
        host.tell(assignment(crew, 1));
        up();
        HostProtocol.Dismiss over = new HostProtocol.Dismiss(HostProtocol.RunEnd.COMPLETED, "done");

        host.tell(over);

        assertEquals(over, dismissed.receiveMessage());
        assertEquals(1, workshop.closed.get());
        crew.expectNoMessage();
        bench.assertAllHandled();
    }
}
