package io.aktnode.actors.supervisor;

import io.aktnode.actors.checkpoint.Manifest;
import io.aktnode.actors.checkpoint.StateFiles;
import io.aktnode.actors.policy.HealthMonitor;
import io.aktnode.protocol.control.GateState;
import io.aktnode.protocol.control.SupervisorProtocol.Saved;
import io.aktnode.protocol.frame.RoleId;
import java.nio.file.Path;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** The roles' answers while a checkpoint is written. One thread. */
final class SavedStates {

    private final Map<RoleId, Saved> states = new HashMap<>();

    void clear() {
        states.clear();
    }

    void add(Saved saved) {
        states.put(saved.role(), saved);
    }

    /** A role is gone: what it saved does not count. */
    void remove(RoleId role) {
        states.remove(role);
    }

    int size() {
        return states.size();
    }

    /** A role whose state is not finite. */
    Optional<RoleId> broken() {
        return states.values().stream()
                .filter(state -> !state.finite())
                .map(Saved::role)
                .findFirst();
    }

    /** Why a role could not write its state. */
    Optional<String> problem() {
        return states.values().stream()
                .map(Saved::problem)
                .filter(problem -> !problem.isEmpty())
                .findFirst();
    }

    /** What the checkpoint says of itself. */
    Manifest manifest(
            Timeline timeline,
            HealthMonitor monitor,
            SupervisorConfig config,
            RunRecord record,
            KeptStates kept,
            Roster roster) {
        Map<String, String> files = new TreeMap<>();
        Map<String, GateState> gates = new TreeMap<>();
        states.forEach(
                (role, state) -> {
                    files.put(state.file(), state.sha256());
                    gates.put(StateFiles.name(role), state.gate());
                });
        Path writing = config.store().writing(timeline.step());
        kept.carryOver(writing, files, gates);
        JournalCopy.carryOver(config.journal(), writing, files);
        return new Manifest(
                Manifest.FORMAT,
                timeline.step(),
                timeline.incarnation(),
                timeline.noiseEpoch(),
                monitor.steady(timeline.step()),
                config.settings(),
                files,
                gates,
                record.evaluations(),
                record.interventions(),
                monitor.histories(),
                kept.allPutAside(),
                roster.guests());
    }
}
