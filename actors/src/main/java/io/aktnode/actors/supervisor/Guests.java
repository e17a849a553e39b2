package io.aktnode.actors.supervisor;

import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.run.Guest;
import io.aktnode.protocol.control.SupervisorProtocol.StudentUp;
import io.aktnode.protocol.frame.Role;
import io.aktnode.protocol.frame.RoleId;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/**
 * Students that join a running training and leave it again: when each takes part, with what state,
 * and what is kept of it when it is gone. One thread.
 */
final class Guests {

    private final Crew crew;
    private final Roster roster;
    private final KeptStates kept;
    private final Healing healing;
    private final Timeline timeline;
    private final RunRecord record;

    Guests(
            Crew crew,
            Roster roster,
            KeptStates kept,
            Healing healing,
            Timeline timeline,
            RunRecord record) {
        this.crew = crew;
        this.roster = roster;
        this.kept = kept;
        this.healing = healing;
        this.timeline = timeline;
        this.record = record;
    }

    /** As an earlier process had them. */
    void resume(Checkpoint checkpoint) {
        for (Guest guest : checkpoint.manifest().guests()) {
            roster.restore(guest);
            kept.keep(guest.student(), checkpoint);
        }
    }

    boolean isGuest(RoleId role) {
        return role.role() == Role.STUDENT && roster.isGuest(role.instance());
    }

    /**
     * One is up.
     *
     * @return whether it is to take part, from the next barrier on
     */
    boolean arrive(StudentUp message) {
        if (!crew.arrive(message)) {
            return false;
        }
        record.event(
                "guest-arrived",
                RoleId.student(message.student()) + " of " + message.guestBits() + " bits");
        return true;
    }

    /**
     * One is gone: what was saved of it is kept.
     *
     * @return whether it took part
     */
    boolean leave(RoleId guest, String cause) {
        int id = guest.instance();
        if (!crew.leave(id)) {
            return false;
        }
        record.event("guest-left", guest + ": " + cause);
        timeline.base().ifPresent(base -> kept.keep(id, base));
        if (!kept.keeps(id)) {
            roster.forget(id);
        }
        healing.forget(id);
        return true;
    }

    /**
     * One threw, and has left.
     *
     * @return whether it will come up again; not if it has thrown too often
     */
    boolean threw(RoleId guest, String cause) {
        boolean comesBack = roster.mayComeBack(guest.instance());
        if (!comesBack) {
            crew.retire(guest.instance(), cause);
        }
        return comesBack;
    }

    /** Those that wait take part; where the state of each is, if one is kept. */
    Map<Integer, Optional<Checkpoint>> admit() {
        Map<Integer, Optional<Checkpoint>> newcomers = new TreeMap<>();
        for (StudentUp guest : crew.admit()) {
            int id = guest.student();
            Optional<Checkpoint> state =
                    kept.take(id).filter(from -> roster.hasRanges(id, from.step()));
            if (state.isEmpty()) {
                roster.join(id, guest.guestBits(), timeline.step());
            }
            record.event(
                    "guest-joined",
                    RoleId.student(id)
                            + state.map(from -> " as it is in " + from.directory())
                                    .orElse(" and calibrates first"));
            newcomers.put(id, state);
        }
        return newcomers;
    }

    /** One whose sound checkpoint has no, or hardly any, ranges of it calibrates once more. */
    void calibrateAnew(int student, Healing.Patient patient) {
        boolean calibrated =
                patient.sound().has(RoleId.student(student))
                        && patient.sound().step() >= roster.trainsFrom(student);
        if (roster.isGuest(student) && !calibrated) {
            roster.rejoin(student, timeline.step());
        }
    }

    /** All go back; one the checkpoint does not know yet joins there. */
    void back() {
        timeline.base().ifPresent(base -> kept.heldBy(base).forEach(roster::forget));
        for (Guest guest : roster.guests()) {
            RoleId role = RoleId.student(guest.student());
            boolean known = timeline.base().filter(base -> base.has(role)).isPresent();
            if (crew.takesPart(guest.student()) && !known) {
                roster.rejoin(guest.student(), timeline.step());
            }
        }
    }
}
