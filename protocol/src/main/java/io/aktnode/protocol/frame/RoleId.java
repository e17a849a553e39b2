package io.aktnode.protocol.frame;

import java.util.Locale;
import java.util.Objects;

/**
 * One bearer of a role.
 *
 * @param instance counts from 0; the generator is 0; the first teacher and the first student are
 */
public record RoleId(Role role, int instance) {

    /** Instances of one role have stream ids in one range of this width. */
    private static final int STREAMS_PER_ROLE = 1000;

    public static final RoleId GENERATOR = new RoleId(Role.GENERATOR, 0);
    public static final RoleId TEACHER = new RoleId(Role.TEACHER, 0);

    public RoleId {
        Objects.requireNonNull(role, "role");
        if (!isInstance(instance)) {
            throw new IllegalArgumentException(
                    "instance=" + instance + " of " + role + " must be 0 to 999");
        }
    }

    public static RoleId teacher(int instance) {
        return new RoleId(Role.TEACHER, instance);
    }

    public static RoleId student(int instance) {
        return new RoleId(Role.STUDENT, instance);
    }

    static boolean isInstance(int instance) {
        return instance >= 0 && instance < STREAMS_PER_ROLE;
    }

    /** As the constructor, without garbage for the two roles there is one of. */
    static RoleId of(Role role, int instance) {
        if (instance == 0 && role != Role.STUDENT) {
            return role == Role.TEACHER ? TEACHER : GENERATOR;
        }
        return new RoleId(role, instance);
    }

    /** The Aeron stream on which this role receives its frames. */
    public int streamId() {
        return role.code().value() * STREAMS_PER_ROLE + instance;
    }

    @Override
    public String toString() {
        return role.name().toLowerCase(Locale.ROOT) + "-" + instance;
    }
}
