package io.aktnode.protocol.frame;

import io.aktnode.protocol.frame.codec.RoleCode;

/** Roles that send and receive frames. */
public enum Role {
    GENERATOR(RoleCode.GENERATOR),
    TEACHER(RoleCode.TEACHER),
    STUDENT(RoleCode.STUDENT);

    private static final Role[] ROLES = values();

    private final RoleCode code;

    Role(RoleCode code) {
        this.code = code;
    }

    RoleCode code() {
        return code;
    }

    /** The role with a code of the schema, or null. */
    static Role of(int code) {
        for (Role role : ROLES) {
            if (role.code.value() == code) {
                return role;
            }
        }
        return null;
    }
}
