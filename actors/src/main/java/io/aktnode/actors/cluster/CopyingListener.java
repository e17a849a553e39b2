package io.aktnode.actors.cluster;

import akka.actor.typed.ActorRef;
import io.aktnode.actors.run.Evaluation;
import io.aktnode.actors.run.Intervention;
import io.aktnode.actors.run.RunListener;
import io.aktnode.actors.run.StepMetrics;
import java.nio.file.Path;

/**
 * Tells another listener all it hears, and the lead which checkpoint is the newest, for the copies.
 * The supervisor's thread.
 */
record CopyingListener(RunListener listener, ActorRef<RunLead.Command> lead)
        implements RunListener {

    @Override
    public void onStep(StepMetrics metrics) {
        listener.onStep(metrics);
    }

    @Override
    public void onEvaluation(Evaluation evaluation) {
        listener.onEvaluation(evaluation);
    }

    @Override
    public void onIntervention(Intervention intervention) {
        listener.onIntervention(intervention);
    }

    @Override
    public void onCheckpoint(long step, Path directory) {
        lead.tell(new RunLead.Newest(step, directory));
        listener.onCheckpoint(step, directory);
    }

    @Override
    public void onBack(long step, Path directory) {
        lead.tell(new RunLead.Newest(step, directory));
        listener.onBack(step, directory);
    }
}
