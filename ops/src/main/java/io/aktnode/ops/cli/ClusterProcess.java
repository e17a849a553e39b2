package io.aktnode.ops.cli;

import akka.actor.Address;
import akka.actor.typed.ActorRef;
import io.aktnode.actors.cluster.HostKeys;
import io.aktnode.actors.cluster.RunLead;
import io.aktnode.actors.cluster.Workshop;
import io.aktnode.actors.run.RunFailedException;
import io.aktnode.actors.run.RunLostException;
import io.aktnode.actors.run.RunUnhealthyException;
import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.TeacherSettings;
import io.aktnode.ops.job.ClusterRuns;
import io.aktnode.ops.job.HostedJobs;
import io.aktnode.ops.job.Model;
import io.aktnode.ops.job.Models;
import io.aktnode.ops.job.QuantizationJob;
import io.aktnode.ops.node.Membership;
import io.aktnode.ops.node.NodeSettings;
import java.io.IOException;
import java.time.Duration;
import java.util.Optional;
import java.util.Set;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Bears some roles of a run that is spread over processes, until the run is over or the process is
 * stopped. Put out of the cluster, as by a partition of the network, it joins again.
 */
final class ClusterProcess {

    private static final Logger LOG = LoggerFactory.getLogger(ClusterProcess.class);

    /** Long enough for phases of its shutdown that wait for nobody. */
    private static final Duration END_OF_A_NODE = Duration.ofMinutes(1);

    private final Console console;
    private final Settings settings;
    private final NodeSettings node;
    private final Optional<QuantizationJob> job;
    private final Workshop workshop;

    /** Reads and checks all that is needed: a wrong setting stops the start. */
    ClusterProcess(Console console, Settings settings, NodeSettings node) {
        this.console = console;
        this.settings = settings;
        this.node = node;
        this.job =
                node.supervises()
                        ? Optional.of(QuantizationJob.ofNode(settings))
                        : Optional.empty();
        this.workshop =
                new HostedJobs(settings, teacher(), node.roles().contains(HostKeys.STUDENT));
    }

    private Optional<Model> teacher() {
        if (job.isPresent()) {
            return job.map(QuantizationJob::teacher);
        }
        return node.roles().contains(HostKeys.TEACHER) || node.roles().contains(HostKeys.STUDENT)
                ? Optional.of(Models.load(TeacherSettings.read(settings.akt())))
                : Optional.empty();
    }

    /** Returns the exit code. */
    int run() throws IOException, InterruptedException {
        Set<Address> peers = Set.of();
        while (true) {
            try (Membership membership = Membership.join(node, peers, settings, workshop)) {
                Optional<Integer> code = stay(membership);
                if (code.isPresent()) {
                    return code.get();
                }
                peers = membership.peers();
            }
            LOG.warn("this node was put out of the cluster; joining again");
        }
    }

    /** Returns the exit code, or nothing if the process is to join again. */
    private Optional<Integer> stay(Membership membership) throws IOException, InterruptedException {
        while (true) {
            Membership.Event event = membership.next();
            if (event instanceof Membership.Over over) {
                return over.again() ? Optional.empty() : Optional.of(ExitCode.OK);
            }
            if (event instanceof Membership.Leading leading) {
                Optional<Integer> code = lead(membership, leading.lead());
                if (code.isPresent()) {
                    return code;
                }
            } else if (event instanceof Membership.Dismissed dismissed && done(dismissed)) {
                return Optional.of(ExitCode.OK);
            }
        }
    }

    /** Leads the run to its end; without a code the process stays, or has lost the lead. */
    private Optional<Integer> lead(Membership membership, ActorRef<RunLead.Command> lead)
            throws IOException, InterruptedException {
        QuantizationJob own = job.orElseThrow();
        try {
            int code =
                    new RunInForeground(
                                    console,
                                    settings,
                                    new ClusterRuns(
                                            settings, own.teacher(), lead, membership.left()),
                                    () -> new ClusterStopping(membership.shutdown()))
                            .run(own);
            lead.tell(RunLead.ResultsWritten.INSTANCE);
            if (code != ExitCode.OK || node.exitWhenDone()) {
                return Optional.of(code);
            }
            console.terminal().line("the node stays up until it is stopped");
            return Optional.empty();
        } catch (RunLostException e) {
            // Who is put out loses the lead first; only then the node ends.
            if (membership.endsWithin(END_OF_A_NODE)) {
                return Optional.empty();
            }
            throw e;
        }
    }

    /** Whether the process has nothing more to do. */
    private boolean done(Membership.Dismissed dismissed) {
        LOG.info("{}", dismissed.sentence());
        return switch (dismissed.end()) {
            case COMPLETED -> node.exitWhenDone();
            case FAILED ->
                    doneBecause(new RunFailedException("the run failed: " + dismissed.sentence()));
            case UNHEALTHY -> doneBecause(new RunUnhealthyException(dismissed.sentence()));
            case PAUSED -> false;
            case REFUSED -> throw new RunFailedException(dismissed.sentence());
        };
    }

    /** Without {@code exit-when-done} the process waits for the next run. */
    private boolean doneBecause(RunFailedException why) {
        if (node.exitWhenDone()) {
            throw why;
        }
        return false;
    }
}
