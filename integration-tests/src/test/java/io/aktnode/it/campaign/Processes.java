package io.aktnode.it.campaign;

import io.aktnode.it.agent.AgentJar;
import io.aktnode.it.net.Hosts;
import io.aktnode.it.net.Hosts.Host;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;

/** Starts the processes of a training, each with settings of its own. */
final class Processes {

    /** Of a process: for the cluster and for management. */
    private static final int PORTS = 2;

    private final Job job;
    private final Hosts hosts;
    private final Path directory;
    private final Path out;
    private final String agent;
    private final String seed;
    private final List<Integer> ports;
    private int guests;

    /**
     * @param directory for settings and logs
     * @param out for what the training writes
     */
    Processes(Job job, Hosts hosts, Path directory, Path out) throws IOException {
        this.job = job;
        this.hosts = hosts;
        this.directory = directory;
        this.out = out;
        this.agent = AgentJar.write(directory).toString();
        this.ports = freePorts(PORTS * job.layout().size());
        this.seed = hosts.all().get(0).address() + ":" + ports.get(0);
    }

    private static List<Integer> freePorts(int count) throws IOException {
        List<ServerSocket> sockets = new ArrayList<>();
        try {
            for (int i = 0; i < count; i++) {
                sockets.add(new ServerSocket(0));
            }
            return sockets.stream().map(ServerSocket::getLocalPort).toList();
        } finally {
            for (ServerSocket socket : sockets) {
                socket.close();
            }
        }
    }

    /** Starts the i-th of the job's processes on the i-th host. */
    Member start(int index) throws IOException, InterruptedException {
        String role = job.layout().get(index);
        return start(
                hosts.all().get(index),
                role,
                role.replace(',', '-') + "-" + index,
                ports.subList(PORTS * index, PORTS * (index + 1)),
                job.ownSettings().getOrDefault(role, ""));
    }

    /**
     * Starts, on the last host, a process of students that join the training.
     *
     * @param bits their widths
     */
    Member startGuests(List<Integer> bits) throws IOException, InterruptedException {
        return start(
                hosts.all().get(hosts.all().size() - 1),
                "student",
                "guests-" + ++guests,
                freePorts(PORTS),
                "node.join = " + bits);
    }

    private Member start(Host host, String role, String name, List<Integer> own, String ownSettings)
            throws IOException, InterruptedException {
        Path boards = Files.createDirectories(directory.resolve("orders-" + name));
        Path config = directory.resolve(name + ".conf");
        Files.writeString(config, settings(host, own, ownSettings));
        String ahead = job.ahead().containsKey(role) ? "," + job.ahead().get(role) : "";
        return Member.start(
                new Member.Command(
                        role, name, host, directory, config, boards, agent + "=" + boards + ahead));
    }

    private String settings(Host host, List<Integer> own, String ownSettings) {
        return """
        akt {
          node { host = "%s", insecure = true, port = %d, seeds = [%s] }
          management.port = %d
          out = "%s", resume = true, seed = %d
          teacher.file = embedded
          evaluation.path = drawn
          quantization.bits = %d
          schedule { epochs = %d, steps-per-epoch = %d, calibration-epochs = 1 }
          checkpoint.every-steps = %d
          report.plots = false
          supervisor { resend-after = 2s, resends = 5, stall-after = 40s }
        }
        akt {
        %s
        %s
        }
        """
                .formatted(
                        host.address(),
                        own.get(0),
                        job.layout().equals(Job.ONE_PROCESS) ? "" : '"' + seed + '"',
                        own.get(1),
                        out,
                        job.seed(),
                        Job.BITS,
                        job.epochs(),
                        Job.STEPS_PER_EPOCH,
                        job.checkpointEvery(),
                        job.settings(),
                        ownSettings);
    }
}
