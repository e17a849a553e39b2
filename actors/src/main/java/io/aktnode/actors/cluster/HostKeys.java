package io.aktnode.actors.cluster;

import akka.actor.typed.receptionist.ServiceKey;
import io.aktnode.protocol.control.HostProtocol;
import io.aktnode.protocol.frame.Role;
import java.util.List;

/** Under which names hosts are found. */
public final class HostKeys {

    /** The role of whoever leads; its hosts bear nothing and hear only how the run ends. */
    public static final String SUPERVISOR = "supervisor";

    public static final String TEACHER = "teacher";
    public static final String STUDENT = "student";
    public static final String GENERATOR = "generator";

    private HostKeys() {}

    /** All kinds of hosts. */
    public static List<String> kinds() {
        return List.of(GENERATOR, TEACHER, STUDENT, SUPERVISOR);
    }

    static String kind(Role role) {
        return switch (role) {
            case GENERATOR -> GENERATOR;
            case TEACHER -> TEACHER;
            case STUDENT -> STUDENT;
        };
    }

    static ServiceKey<HostProtocol.Request> of(String kind) {
        return ServiceKey.create(HostProtocol.Request.class, "akt-" + kind);
    }
}
