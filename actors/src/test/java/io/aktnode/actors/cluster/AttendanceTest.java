package io.aktnode.actors.cluster;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.receptionist.Receptionist;
import io.aktnode.protocol.control.HostProtocol;
import java.util.List;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class AttendanceTest {

    private final ActorTestKit kit = ActorTestKit.create();
    private final TestProbe<String> ended = kit.createTestProbe();
    private final TestProbe<HostProtocol.Request> host = kit.createTestProbe();

    @AfterEach
    void shutDown() {
        kit.shutdownTestKit();
    }

    private void offer(String kind) {
        kit.system().receptionist().tell(Receptionist.register(HostKeys.of(kind), host.ref()));
    }

    private void withdraw(String kind) {
        kit.system().receptionist().tell(Receptionist.deregister(HostKeys.of(kind), host.ref()));
    }

    private void begin() {
        kit.spawn(Attendance.create(() -> ended.ref().tell("ended")));
    }

    @Test
    void endsWhenEachKindOfRoleHasAProcess() {
        offer(HostKeys.SUPERVISOR);
        offer(HostKeys.GENERATOR);
        begin();
        ended.expectNoMessage();
        offer(HostKeys.STUDENT);
        ended.expectNoMessage();

        offer(HostKeys.TEACHER);

        ended.expectMessage("ended");
    }

    @Test
    void endsAtOnceWhenAllAreThere() {
        List.of(HostKeys.GENERATOR, HostKeys.STUDENT, HostKeys.TEACHER).forEach(this::offer);

        begin();

        ended.expectMessage("ended");
    }

    @Test
    void waitsForAProcessThatHasGoneAgain() {
        offer(HostKeys.GENERATOR);
        offer(HostKeys.TEACHER);
        begin();
        withdraw(HostKeys.GENERATOR);
        ended.expectNoMessage();
        offer(HostKeys.STUDENT);
        ended.expectNoMessage();

        offer(HostKeys.GENERATOR);

        ended.expectMessage("ended");
    }
}
