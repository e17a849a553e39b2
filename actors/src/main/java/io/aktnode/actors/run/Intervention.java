package io.aktnode.actors.run;

import java.util.Map;
import java.util.TreeMap;

/**
 * One decision to keep the run healthy.
 *
 * @param step at which it was taken
 * @param role {@code generator}, {@code teacher}, {@code student} ({@code student-1} and so on for
 *     further ones) or {@code run}
 * @param action {@code skip}, {@code rescale}, {@code rollback}, {@code restart}, {@code
 *     quarantine} or {@code stop}; {@code would rescale} and so on in a dry run
 * @param reason what was seen, with the figures
 * @param limits what the role was held to then, by figure; those not known yet are left out
 */
public record Intervention(
        long step, String role, String action, String reason, Map<String, Double> limits) {

    public Intervention {
        // Those of earlier versions have none.
        limits = limits == null ? Map.of() : new TreeMap<>(limits);
    }
}
