package io.aktnode.actors.supervisor;

import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.policy.CureLadder.Cure;
import io.aktnode.actors.supervisor.Healing.Patient;
import io.aktnode.protocol.control.Restoration;
import io.aktnode.protocol.control.RoleState;
import io.aktnode.protocol.frame.Role;
import io.aktnode.protocol.frame.RoleId;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;

/** How each role begins an incarnation: with whose state. */
final class Restorations {

    private final StateTravel states;

    Restorations(StateTravel states) {
        this.states = states;
    }

    /**
     * All with the states of one checkpoint.
     *
     * @param begin what they have in common
     * @param from empty for the roles' first states
     */
    Function<RoleId, Restoration> together(Restoration begin, Optional<Checkpoint> from) {
        return role -> role.role() == Role.TEACHER ? begin : at(begin, begin.fresh(), from, role);
    }

    /** With what a checkpoint holds of a role; a guest it does not know begins anew. */
    private Restoration at(
            Restoration begin, boolean fresh, Optional<Checkpoint> from, RoleId role) {
        Optional<Checkpoint> known = from.filter(checkpoint -> checkpoint.has(role));
        return with(
                begin,
                fresh || from.isPresent() && known.isEmpty(),
                known.map(checkpoint -> states.of(checkpoint, role)));
    }

    /**
     * Some students with the states they are to be given; all others go on as they are.
     *
     * @param patients sick students, by id
     * @param newcomers guests, by id, with the checkpoint that holds their state, if one does
     */
    Function<RoleId, Restoration> alone(
            Restoration begin,
            Map<Integer, Patient> patients,
            Map<Integer, Optional<Checkpoint>> newcomers) {
        return role -> {
            if (role.role() != Role.STUDENT) {
                return begin;
            }
            Patient patient = patients.get(role.instance());
            if (patient != null) {
                return at(
                        begin, patient.cure() == Cure.RESTART, Optional.of(patient.sound()), role);
            }
            Optional<Checkpoint> newcomer = newcomers.get(role.instance());
            return newcomer == null ? begin : at(begin, false, newcomer, role);
        };
    }

    private static Restoration with(Restoration begin, boolean fresh, Optional<RoleState> state) {
        return new Restoration(
                begin.runId(), begin.incarnation(), begin.step(), fresh, state, begin.peers());
    }
}
