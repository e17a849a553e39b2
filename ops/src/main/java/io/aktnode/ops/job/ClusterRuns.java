package io.aktnode.ops.job;

import akka.actor.typed.ActorRef;
import io.aktnode.actors.cluster.ClusterRun;
import io.aktnode.actors.cluster.RunLead;
import io.aktnode.actors.run.RoleFactory;
import io.aktnode.actors.run.RunListener;
import io.aktnode.actors.run.RunOutcome;
import io.aktnode.actors.run.RunSpec;
import io.aktnode.ops.config.RunSettings;
import io.aktnode.ops.config.Settings;
import java.util.concurrent.CompletionStage;

/** Runs over the processes of a cluster, led by this one. */
public final class ClusterRuns implements Runs {

    private final Settings settings;
    private final Model teacher;
    private final ActorRef<RunLead.Command> lead;
    private final CompletionStage<?> left;

    /**
     * @param lead the cluster's, on this node
     * @param left completed when this node is no longer in its cluster
     */
    public ClusterRuns(
            Settings settings,
            Model teacher,
            ActorRef<RunLead.Command> lead,
            CompletionStage<?> left) {
        this.settings = settings;
        this.teacher = teacher;
        this.lead = lead;
        this.left = left;
    }

    @Override
    public Handle start(RunSpec spec, RoleFactory roles, RunListener listener) {
        ClusterRun run =
                ClusterRun.start(
                        spec,
                        roles,
                        listener,
                        RunSettings.read(settings.akt()),
                        JobText.of(settings, teacher),
                        lead);
        left.whenComplete((done, failure) -> run.abandon("this node has left its cluster"));
        return new Handle() {
            @Override
            public RunOutcome await() {
                return run.await();
            }

            @Override
            public void cancel() {
                run.cancel("asked to stop");
            }
        };
    }
}
