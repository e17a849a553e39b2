package io.aktnode.actors.cluster;

import akka.actor.typed.ActorRef;
import io.aktnode.protocol.control.Passport;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.frame.FrameKey;
import java.util.Map;
import java.util.Optional;

/**
 * What a crew is gathered for.
 *
 * @param job settings that determine the run's numbers, as HOCON; handed to each process
 * @param passport of the lead; a process with another is refused
 * @param identity what a process must not differ in, such as the hash of the teacher
 * @param frameKey under which frames between processes are encrypted; without one they are plain
 * @param students how many there are
 * @param supervisor whom the roles report to; hears of lost ones
 */
public record CrewConfig(
        String job,
        Passport passport,
        Map<String, String> identity,
        Optional<FrameKey> frameKey,
        int students,
        ActorRef<SupervisorProtocol.Request> supervisor) {

    public CrewConfig {
        identity = Map.copyOf(identity);
    }
}
