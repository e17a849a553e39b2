package io.aktnode.actors.fake;

import io.aktnode.actors.run.Evaluation;
import io.aktnode.actors.run.Intervention;
import io.aktnode.actors.run.RunListener;
import io.aktnode.actors.run.StepMetrics;
import java.nio.file.Path;
import java.util.List;
import java.util.concurrent.CopyOnWriteArrayList;

/** Keeps all a run tells. */
public class Recorder implements RunListener {

    public final List<StepMetrics> steps = new CopyOnWriteArrayList<>();
    public final List<Evaluation> evaluations = new CopyOnWriteArrayList<>();
    public final List<Intervention> interventions = new CopyOnWriteArrayList<>();
    public final List<Long> checkpoints = new CopyOnWriteArrayList<>();

    @Override
    public void onStep(StepMetrics metrics) {
        steps.add(metrics);
    }

    @Override
    public void onEvaluation(Evaluation evaluation) {
        evaluations.add(evaluation);
    }

    @Override
    public void onIntervention(Intervention intervention) {
        interventions.add(intervention);
    }

    @Override
    public void onCheckpoint(long step, Path directory) {
        checkpoints.add(step);
    }

    /** The actions taken, in order. */
    public List<String> actions() {
        return interventions.stream().map(Intervention::action).toList();
    }
}
