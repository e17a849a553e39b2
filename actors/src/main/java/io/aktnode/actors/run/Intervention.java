package io.aktnode.actors.run;

/**
 * One decision to keep the run healthy.
 *
 * @param step at which it was taken
 * @param role {@code generator}, {@code teacher}, {@code student} ({@code student-1} and so on for
 *     further ones) or {@code run}
 * @param action {@code skip}, {@code rescale}, {@code rollback}, {@code restart}, {@code
 *     quarantine} or {@code stop}; {@code would rescale} and so on in a dry run
 * @param reason what was seen, with the figures
 */
public record Intervention(long step, String role, String action, String reason) {}
