package io.aktnode.actors.policy;

/**
 * Something a detector saw.
 *
 * @param role {@code generator}, {@code teacher} or {@code student}
 * @param severity what it calls for
 * @param reason with the figures
 */
public record Finding(long step, String role, Severity severity, String reason) {

    /** What a finding calls for; the first two have already been done by the role's gate. */
    public enum Severity {
        SKIPPED,
        RESCALED,
        /** The state cannot be trusted: back to the last healthy one. */
        ROLLBACK
    }
}
