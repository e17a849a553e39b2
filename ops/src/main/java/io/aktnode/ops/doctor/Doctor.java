package io.aktnode.ops.doctor;

import java.util.ArrayList;
import java.util.List;

/** All checks, in the order a reader wants them. */
public final class Doctor {

    private Doctor() {}

    /**
     * @param device as in the settings: {@code auto}, {@code cpu} or {@code cuda:N}
     */
    public static List<Finding> examine(Machine machine, String device) {
        List<Finding> findings = new ArrayList<>();
        findings.addAll(new ProcessChecks(machine).all());
        findings.addAll(new MachineChecks(machine).all());
        findings.addAll(new EngineChecks(device).all());
        return findings;
    }
}
