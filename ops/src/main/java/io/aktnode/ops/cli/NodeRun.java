package io.aktnode.ops.cli;

import io.aktnode.ops.config.Settings;
import io.aktnode.ops.job.Devices;
import io.aktnode.ops.job.LocalRuns;
import io.aktnode.ops.job.QuantizationJob;
import io.aktnode.ops.node.ClusterNode;
import io.aktnode.ops.node.NodeSettings;
import java.util.List;
import java.util.Optional;

/** Runs this process as a node of a cluster. */
final class NodeRun {

    private final Console console;
    private final Settings settings;

    NodeRun(Console console, Settings settings) {
        this.console = console;
        this.settings = settings;
    }

    /** Returns the exit code when a job has ended; idle roles run until they are stopped. */
    int run() throws Exception {
        NodeSettings node = NodeSettings.read(settings.akt());
        Devices.start(settings.akt(), console.terminal()::line);
        if (!node.all()) {
            return new ClusterProcess(console, settings, node).run();
        }
        // A wrong setting stops the start: nothing has joined yet.
        QuantizationJob job = QuantizationJob.ofNode(settings);
        ClusterNode member = ClusterNode.start(node, List.of(), settings.everything());
        int code =
                new RunInForeground(
                                console,
                                settings,
                                new LocalRuns(settings, Optional.of(member.system())),
                                () -> new ClusterStopping(member.shutdown()))
                        .run(job);
        if (!node.exitWhenDone()) {
            console.terminal().line("the node stays up until it is stopped");
            member.awaitEnd();
        }
        return code;
    }
}
