package io.aktnode.actors.cluster;

import akka.actor.typed.ActorRef;
import io.aktnode.actors.run.RoleFactory;
import io.aktnode.actors.run.RunEnvironment;
import io.aktnode.actors.run.RunFailedException;
import io.aktnode.actors.run.RunFuture;
import io.aktnode.actors.run.RunListener;
import io.aktnode.actors.run.RunLostException;
import io.aktnode.actors.run.RunOutcome;
import io.aktnode.actors.run.RunSpec;
import java.util.concurrent.CompletableFuture;

/** A run spread over the processes of a cluster, seen from the one that leads. Any thread. */
public final class ClusterRun {

    private final ActorRef<RunLead.Command> lead;
    private final CompletableFuture<RunOutcome> end;

    private ClusterRun(ActorRef<RunLead.Command> lead, CompletableFuture<RunOutcome> end) {
        this.lead = lead;
        this.end = end;
    }

    /**
     * Starts or resumes a run and returns at once; it begins when every role has a process, from
     * the newest checkpoint that any process of the cluster keeps.
     *
     * @param roles for its identity only: the processes make their own
     * @param job settings that determine the run's numbers, as HOCON
     * @param lead the cluster's {@link RunLead}, which lives on this node
     */
    public static ClusterRun start(
            RunSpec spec,
            RoleFactory roles,
            RunListener listener,
            RunEnvironment environment,
            String job,
            ActorRef<RunLead.Command> lead) {
        CompletableFuture<RunOutcome> end = new CompletableFuture<>();
        lead.tell(new RunLead.Begin(spec, roles, listener, environment, job, end));
        return new ClusterRun(lead, end);
    }

    /**
     * Waits for the end.
     *
     * @throws RunFailedException if the run cannot start, because of the checkpoints it finds for
     *     instance, or if it could not be kept healthy; a {@link RunLostException} if this node
     *     does not lead it any more
     */
    public RunOutcome await() {
        return RunFuture.await(end, this::cancel);
    }

    /**
     * Ends the run at the next possible step, with a checkpoint if its state is sound; returns at
     * once. The processes that bear its roles then wait for a lead that goes on.
     *
     * @param reason for the journal
     */
    public void cancel(String reason) {
        lead.tell(new RunLead.Cancel(reason));
    }

    /** Gives up waiting: this node has left its cluster. */
    public void abandon(String why) {
        end.completeExceptionally(new RunLostException(why));
    }
}
