package io.aktnode.actors.supervisor;

import io.aktnode.actors.policy.Finding;
import io.aktnode.actors.policy.HealthMonitor;
import io.aktnode.protocol.frame.Role;
import io.aktnode.protocol.frame.RoleId;
import java.util.Optional;
import java.util.OptionalInt;

/**
 * Something that a cure is needed for.
 *
 * @param who the role it was seen in; empty for the run as a whole
 * @param step at which it was seen
 * @param reason with the figures
 */
record Trouble(Optional<RoleId> who, Kind kind, long step, String reason) {

    /** What is wrong. */
    enum Kind {
        /** Its state cannot be trusted; it does answer. */
        STATE,
        /** It does not get on. */
        STALL,
        /** It threw; it comes up again. */
        BROKEN,
        /** It cannot be made any more. */
        GONE
    }

    static Trouble of(Finding finding) {
        return new Trouble(
                Optional.of(finding.who()), Kind.STATE, finding.step(), finding.reason());
    }

    static Trouble of(RoleId who, Kind kind, long step, String reason) {
        return new Trouble(Optional.of(who), kind, step, reason);
    }

    static Trouble stall(long step, String reason) {
        return new Trouble(Optional.empty(), Kind.STALL, step, reason);
    }

    /** For people. */
    String name() {
        return who.map(HealthMonitor::name).orElse("run");
    }

    /** Id of the student it was seen in, if it was a student. */
    OptionalInt student() {
        return who.isPresent() && who.get().role() == Role.STUDENT
                ? OptionalInt.of(who.get().instance())
                : OptionalInt.empty();
    }
}
