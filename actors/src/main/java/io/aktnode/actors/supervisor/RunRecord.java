package io.aktnode.actors.supervisor;

import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.run.Evaluation;
import io.aktnode.actors.run.Intervention;
import io.aktnode.actors.run.RunListener;
import io.aktnode.actors.run.StepMetrics;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.function.Consumer;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * What a run remembers of itself, told to the listener, the journal and the log as it happens. One
 * thread, the listener's too.
 */
final class RunRecord {

    private static final Logger log = LoggerFactory.getLogger(RunRecord.class);

    /** Names in the journal that are read back. */
    static final String INTERVENTION = "intervention";

    static final String INCARNATION = "incarnation";
    static final String NOISE_EPOCH = "noise_epoch";

    private final RunListener listener;
    private final Journal journal;
    private final Timeline timeline;
    private final List<Intervention> interventions = new ArrayList<>();
    private final List<Evaluation> evaluations = new ArrayList<>();

    RunRecord(RunListener listener, Journal journal, Timeline timeline) {
        this.listener = listener;
        this.journal = journal;
        this.timeline = timeline;
    }

    /** Takes over what an earlier process noted up to a checkpoint. */
    void continueFrom(Checkpoint checkpoint) {
        interventions.addAll(checkpoint.manifest().interventions());
        evaluations.addAll(checkpoint.manifest().evaluations());
    }

    /** Forgets evaluations of what was given up; interventions stay. */
    void backTo(long step) {
        evaluations.removeIf(evaluation -> evaluation.step() > step);
        timeline.base().ifPresent(base -> tell(to -> to.onBack(base.step(), base.directory())));
    }

    List<Intervention> interventions() {
        return interventions;
    }

    List<Evaluation> evaluations() {
        return evaluations;
    }

    OptionalDouble best(int student) {
        return evaluations.stream()
                .filter(evaluation -> evaluation.student() == student)
                .mapToDouble(Evaluation::top1)
                .max();
    }

    /** Accuracy of a student after so many steps, if it was measured then. */
    OptionalDouble top1At(long step, int student) {
        return evaluations.stream()
                .filter(evaluation -> evaluation.step() == step)
                .filter(evaluation -> evaluation.student() == student)
                .mapToDouble(Evaluation::top1)
                .findFirst();
    }

    void step(StepMetrics metrics) {
        tell(to -> to.onStep(metrics));
    }

    void intervention(Intervention intervention) {
        int incarnation = timeline.incarnation();
        interventions.add(intervention);
        log.warn(
                "step {}, incarnation {}: {} of {}: {}",
                intervention.step(),
                incarnation,
                intervention.action(),
                intervention.role(),
                intervention.reason());
        journal.write(
                INTERVENTION,
                fields(
                        "step", intervention.step(),
                        "incarnation", incarnation,
                        "role", intervention.role(),
                        "action", intervention.action(),
                        "reason", intervention.reason(),
                        "limits", intervention.limits()));
        tell(to -> to.onIntervention(intervention));
    }

    void evaluation(Evaluation evaluation) {
        evaluations.add(evaluation);
        log.info(
                "epoch {}, step {}: student {} top-1 {} %",
                evaluation.epoch(), evaluation.step(), evaluation.student(), evaluation.top1());
        journal.write(
                "evaluation",
                fields(
                        "step", evaluation.step(),
                        "epoch", evaluation.epoch(),
                        "student", evaluation.student(),
                        "top1", evaluation.top1()));
        tell(to -> to.onEvaluation(evaluation));
    }

    void checkpoint(Checkpoint checkpoint) {
        log.info(
                "checkpoint {}, healthy: {}",
                checkpoint.directory(),
                checkpoint.manifest().healthy());
        journal.write(
                "checkpoint",
                fields(
                        "step", checkpoint.step(),
                        "incarnation", checkpoint.manifest().incarnation(),
                        "healthy", checkpoint.manifest().healthy()));
        tell(to -> to.onCheckpoint(checkpoint.step(), checkpoint.directory()));
    }

    /**
     * A checkpoint could not be saved.
     *
     * @param attempts in vain since the last that could
     */
    void unsaved(String why, int attempts) {
        log.warn(
                "step {}, incarnation {}: {}; attempt {} in vain",
                timeline.step(),
                timeline.incarnation(),
                why,
                attempts);
        journal.write(
                "unsaved",
                fields(
                        "step",
                        timeline.step(),
                        "incarnation",
                        timeline.incarnation(),
                        "attempts",
                        attempts,
                        "detail",
                        why));
    }

    /** All roles have begun an incarnation. */
    void incarnation() {
        log.info(
                "incarnation {} at step {}, noise epoch {}",
                timeline.incarnation(),
                timeline.step(),
                timeline.noiseEpoch());
        journal.write(
                INCARNATION,
                fields(
                        "step",
                        timeline.step(),
                        "incarnation",
                        timeline.incarnation(),
                        NOISE_EPOCH,
                        timeline.noiseEpoch()));
    }

    /** A point in the run's life that is no decision. */
    void event(String event, String detail) {
        log.info(
                "{} at step {}, incarnation {}: {}",
                event,
                timeline.step(),
                timeline.incarnation(),
                detail);
        journal.write(
                event,
                fields(
                        "step", timeline.step(),
                        "incarnation", timeline.incarnation(),
                        "detail", detail));
    }

    /** A listener's fault is its own: it must not end the run. */
    private void tell(Consumer<RunListener> what) {
        try {
            what.accept(listener);
        } catch (RuntimeException e) {
            log.error("a run listener threw", e);
        }
    }

    private static Map<String, Object> fields(Object... namesAndValues) {
        Map<String, Object> fields = new LinkedHashMap<>();
        for (int i = 0; i < namesAndValues.length; i += 2) {
            fields.put((String) namesAndValues[i], namesAndValues[i + 1]);
        }
        return fields;
    }
}
