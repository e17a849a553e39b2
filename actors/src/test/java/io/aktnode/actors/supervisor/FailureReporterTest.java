package io.aktnode.actors.supervisor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.javadsl.Behaviors;
import io.aktnode.actors.fake.Bench;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.frame.RoleId;
import java.util.concurrent.atomic.AtomicInteger;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;

class FailureReporterTest {

    private final Bench bench = new Bench();
    private final AtomicInteger made = new AtomicInteger();

    @AfterEach
    void shutDown() {
        bench.close();
    }

    /** Cannot be made a second time. */
    private Behavior<String> role() {
        return Behaviors.setup(
                context -> {
                    if (made.incrementAndGet() > 1) {
                        throw new IllegalStateException("the data plane is closed");
                    }
                    return Behaviors.receiveMessage(
                            message -> {
                                throw new IllegalStateException(message);
                            });
                });
    }

    @Test
    void aRoleThatThrowsWheneverItIsMadeAnewEnds() {
        TestProbe<SupervisorProtocol.Request> supervisor = bench.kit.createTestProbe();
        ActorRef<String> actor =
                bench.kit.spawn(
                        FailureReporter.restarting(
                                String.class, RoleId.TEACHER, supervisor.ref(), role()));

        actor.tell("out of memory");

        SupervisorProtocol.RoleFailed failed =
                supervisor.expectMessageClass(SupervisorProtocol.RoleFailed.class);
        assertEquals("IllegalStateException: out of memory", failed.cause());
        supervisor.expectTerminated(actor);
        assertTrue(made.get() > 2 && made.get() < 50, made.toString());
    }
}
