package io.aktnode.actors.cluster;

import akka.actor.typed.ActorRef;
import io.aktnode.protocol.control.SupervisorProtocol;
import java.util.Map;

/**
 * What a crew is gathered for.
 *
 * @param job settings that determine the run's numbers, as HOCON; handed to each process
 * @param identity what a process must not differ in, such as the hash of the teacher
 * @param students how many there are
 * @param supervisor whom the roles report to; hears of lost ones
 */
public record CrewConfig(
        String job,
        Map<String, String> identity,
        int students,
        ActorRef<SupervisorProtocol.Request> supervisor) {

    public CrewConfig {
        identity = Map.copyOf(identity);
    }
}
