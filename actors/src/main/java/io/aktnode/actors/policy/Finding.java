package io.aktnode.actors.policy;

import io.aktnode.protocol.frame.RoleId;

/**
 * Something a detector saw.
 *
 * @param who the role it was seen in
 * @param severity what it calls for
 * @param reason with the figures
 */
public record Finding(long step, RoleId who, Severity severity, String reason) {

    /** What a finding calls for; the first two have already been done by the role's gate. */
    public enum Severity {
        SKIPPED,
        RESCALED,
        /** The state cannot be trusted: back to the last healthy one. */
        ROLLBACK
    }
}
