package io.aktnode.actors.run;

import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointException;
import io.aktnode.actors.checkpoint.CheckpointStore;
import io.aktnode.actors.checkpoint.Settings;
import io.aktnode.actors.supervisor.Journal;
import io.aktnode.actors.supervisor.JournalCopy;
import io.aktnode.actors.supervisor.PastCures;
import io.aktnode.actors.supervisor.PastDecisions;
import io.aktnode.actors.supervisor.RunPlan;
import io.aktnode.actors.supervisor.SupervisorConfig;
import java.io.UncheckedIOException;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;
import java.util.concurrent.ThreadLocalRandom;

/** What is decided before any thread is started: where the run begins, and whether it may. */
public final class RunPreparation {

    private RunPreparation() {}

    /**
     * @param patient whether missing roles are waited for however long
     * @throws RunFailedException if the checkpoints found forbid this run
     */
    public static SupervisorConfig prepare(
            RunSpec spec,
            RoleFactory roles,
            RunListener listener,
            RunEnvironment environment,
            boolean patient) {
        CheckpointStore store = store(spec, environment);
        store.clean();
        Map<String, String> settings = settings(spec, roles);
        Optional<Checkpoint> start = start(spec, store, settings);
        try {
            return new SupervisorConfig(
                    ThreadLocalRandom.current().nextLong(),
                    new RunPlan(
                            spec.training().schedule(),
                            spec.checkpointEverySteps(),
                            spec.evaluation().isPresent(),
                            spec.evaluateEveryEpochs()),
                    spec.window(),
                    spec.students(),
                    settings,
                    start,
                    start.isPresent()
                            ? PastCures.read(spec.directory(), environment.clock().instant())
                            : List.of(),
                    start.map(checkpoint -> PastDecisions.since(checkpoint, spec.directory()))
                            .orElse(PastDecisions.NONE),
                    store,
                    new Journal(spec.directory(), environment.clock()),
                    listener,
                    environment.policy().cures(),
                    environment.policy().detectors(),
                    environment.policy().stallAfter(),
                    patient,
                    environment.nanoClock());
        } catch (UncheckedIOException e) {
            throw new RunFailedException(e.getMessage() + " (" + e.getCause() + ")", e);
        }
    }

    /** Where a run's checkpoints lie. */
    public static CheckpointStore store(RunSpec spec, RunEnvironment environment) {
        return CheckpointStore.of(
                spec.directory(), spec.keepCheckpoints(), environment.policy().giveUpSavingAfter());
    }

    /** What makes a run the one it is: checkpoints made with anything else are not its own. */
    public static Map<String, String> settings(RunSpec spec, RoleFactory roles) {
        Map<String, String> settings = new TreeMap<>(Settings.flatten("training", spec.training()));
        settings.put("window", String.valueOf(spec.window()));
        if (!spec.furtherStudents().isEmpty()) {
            settings.put("students", spec.students().toString());
        }
        settings.putAll(roles.identity());
        return settings;
    }

    private static Optional<Checkpoint> start(
            RunSpec spec, CheckpointStore store, Map<String, String> settings) {
        try {
            if (spec.resume()) {
                Optional<Checkpoint> found = store.newest(settings);
                found.ifPresent(checkpoint -> JournalCopy.restore(checkpoint, spec.directory()));
                return found;
            }
            if (!store.isEmpty()) {
                throw new RunFailedException(
                        spec.directory()
                                + " holds checkpoints of an earlier run; resume that one, or choose"
                                + " another directory");
            }
            return Optional.empty();
        } catch (CheckpointException e) {
            throw new RunFailedException(e.getMessage(), e);
        }
    }
}
