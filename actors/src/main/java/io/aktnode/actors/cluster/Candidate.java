package io.aktnode.actors.cluster;

import akka.actor.typed.ActorRef;
import io.aktnode.protocol.control.CrewProtocol;
import io.aktnode.protocol.control.HostProtocol;
import io.aktnode.protocol.frame.RoleId;

/** A process that may bear roles of one kind. One thread. */
final class Candidate {

    private final String kind;
    private final ActorRef<HostProtocol.Request> host;
    private String name;
    private int capacity;

    Candidate(String kind, ActorRef<HostProtocol.Request> host) {
        this.kind = kind;
        this.host = host;
        this.name = host.path().toString();
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

    /** From now on it can be given roles. */
    void introduced(CrewProtocol.Introduced message) {
        name = message.name();
        capacity = message.capacity();
    }

    /** From now on it cannot. */
    void refuse() {
        capacity = 0;
    }

    /** Whether it can be given a role while it bears {@code load} others. */
    boolean takes(RoleId role, long load) {
        return kind.equals(HostKeys.kind(role.role())) && load < capacity;
    }
}
