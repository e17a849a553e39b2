package io.aktnode.actors.cluster;

import akka.actor.typed.ActorRef;
import io.aktnode.protocol.control.Passport;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.frame.FrameKey;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * What a crew is gathered for.
 *
 * @param job settings that determine the run's numbers, as HOCON; handed to each process
 * @param passport of the lead; a process with another is refused
 * @param identity what a process must not differ in, such as the hash of the teacher
 * @param frameKey under which frames between processes are encrypted; without one they are plain
 * @param students widths in bits of the run's own students, by id
 * @param guests ids of students that joined the run earlier, by their width
 * @param supervisor whom the roles report to; hears of lost ones
 */
public record CrewConfig(
        String job,
        Passport passport,
        Map<String, String> identity,
        Optional<FrameKey> frameKey,
        List<Integer> students,
        Map<Integer, Integer> guests,
        ActorRef<SupervisorProtocol.Request> supervisor) {

    public CrewConfig {
        identity = Map.copyOf(identity);
        students = List.copyOf(students);
        guests = Map.copyOf(guests);
    }
}
