package io.aktnode.actors.supervisor;

import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.StateFiles;
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

    private Restorations() {}

    /**
     * All with the states of one checkpoint.
     *
     * @param begin what they have in common
     * @param from empty for the roles' first states
     */
    static Function<RoleId, Restoration> together(Restoration begin, Optional<Checkpoint> from) {
        return role ->
                role.role() == Role.TEACHER
                        ? begin
                        : with(
                                begin,
                                begin.fresh(),
                                from.map(checkpoint -> state(checkpoint, role)));
    }

    /**
     * Some students with the states they are to be given; all others go on as they are.
     *
     * @param patients the students that are restored, by id
     */
    static Function<RoleId, Restoration> alone(Restoration begin, Map<Integer, Patient> patients) {
        return role -> {
            Patient patient = role.role() == Role.STUDENT ? patients.get(role.instance()) : null;
            return patient == null
                    ? begin
                    : with(
                            begin,
                            patient.cure() == Cure.RESTART,
                            Optional.of(state(patient.sound(), role)));
        };
    }

    private static Restoration with(Restoration begin, boolean fresh, Optional<RoleState> state) {
        return new Restoration(
                begin.runId(), begin.incarnation(), begin.step(), fresh, state, begin.peers());
    }

    private static RoleState state(Checkpoint checkpoint, RoleId role) {
        String name = StateFiles.name(role);
        return new RoleState(
                checkpoint.file(name + ".safetensors").toString(),
                checkpoint.manifest().gates().get(name));
    }
}
