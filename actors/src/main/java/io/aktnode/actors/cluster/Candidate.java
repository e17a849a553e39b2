package io.aktnode.actors.cluster;

import akka.actor.typed.ActorRef;
import io.aktnode.protocol.control.CrewProtocol;
import io.aktnode.protocol.control.HostProtocol;
import io.aktnode.protocol.frame.RoleId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/**
 * A process that may bear roles of one kind, and what it was told last: any of that may have been
 * lost on its way and is told again. One thread.
 */
final class Candidate {

    private final String kind;
    private final ActorRef<HostProtocol.Request> host;
    private final HostProtocol.Introduce introduce;
    private final Map<RoleId, HostProtocol.Assign> assigned = new HashMap<>();
    private HostProtocol.Reject rejection;
    private String name;
    private int capacity;
    private boolean introduced;
    private boolean stranger;
    private List<Integer> joins = List.of();

    /** Asks it who it is. */
    Candidate(String kind, ActorRef<HostProtocol.Request> host, HostProtocol.Introduce introduce) {
        this.kind = kind;
        this.host = host;
        this.introduce = introduce;
        this.name = host.path().toString();
        host.tell(introduce);
    }

    String kind() {
        return kind;
    }

    ActorRef<HostProtocol.Request> host() {
        return host;
    }

    /** For people. */
    String name() {
        return name;
    }

    /**
     * From now on it can be given roles.
     *
     * @return whether this is news
     */
    boolean introduced(CrewProtocol.Introduced message) {
        if (introduced) {
            return false;
        }
        introduced = true;
        name = message.name();
        joins = message.joins();
        // Who brings students of its own bears none of the run's.
        capacity = joins.isEmpty() ? message.capacity() : 0;
        return true;
    }

    /** Whether it is of another run or release, and none of the business of this run. */
    boolean stranger() {
        return stranger;
    }

    /**
     * It does not belong to the run.
     *
     * @param ofAnother whether because it is of another run or release
     */
    void reject(String why, boolean ofAnother) {
        stranger = ofAnother;
        capacity = 0;
        joins = List.of();
        rejection = new HostProtocol.Reject(why, introduce.replyTo());
        host.tell(rejection);
    }

    /** Widths in bits of the students it brings. */
    List<Integer> joins() {
        return joins;
    }

    /** Whether it can be given a role while it bears {@code load} others. */
    boolean takes(RoleId role, long load) {
        return kind.equals(HostKeys.kind(role.role())) && load < capacity;
    }

    void give(HostProtocol.Assign assignment) {
        assigned.put(assignment.role(), assignment);
        host.tell(assignment);
    }

    /**
     * A role it was given has ended; it is given no more.
     *
     * @return whether this is news
     */
    boolean stopped(CrewProtocol.RoleStopped message) {
        HostProtocol.Assign assignment = assigned.get(message.role());
        if (assignment == null || assignment.number() != message.number()) {
            return false;
        }
        assigned.remove(message.role());
        capacity = 0;
        joins = joins.stream().filter(bits -> bits != assignment.guestBits()).toList();
        return true;
    }

    /** Tells it again what it may not have heard. */
    void again() {
        if (!introduced) {
            host.tell(introduce);
        } else if (rejection != null) {
            host.tell(rejection);
        } else {
            assigned.values().forEach(host::tell);
        }
    }
}
