package io.aktnode.it.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aktnode.it.agent.AgentJar;
import io.aktnode.it.net.Hosts;
import io.aktnode.it.net.Hosts.Host;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** A training under way on the processes of a job, and all that can be seen of it from outside. */
final class Training implements AutoCloseable {

    private final Job job;
    private final Hosts hosts;
    private final Path directory;
    private final Path out;
    private final List<Member> members = new ArrayList<>();
    private final Progress progress;
    private final SavedStates states;

    private Training(Job job, Hosts hosts, Path directory, Path out) {
        this.job = job;
        this.hosts = hosts;
        this.directory = directory;
        this.out = out;
        this.progress = new Progress(out);
        this.states = new SavedStates(out);
    }

    /**
     * Starts the processes, the i-th on the i-th host.
     *
     * @param directory for settings and logs
     * @param out for what the training writes
     */
    static Training start(Job job, Hosts hosts, Path directory, Path out)
            throws IOException, InterruptedException {
        Training training = new Training(job, hosts, directory, out);
        try {
            String agent = AgentJar.write(directory).toString();
            List<Integer> ports = freePorts(2 * job.layout().size());
            for (int i = 0; i < job.layout().size(); i++) {
                training.members.add(Member.start(training.command(i, ports, agent)));
            }
            return training;
        } catch (IOException | RuntimeException e) {
            training.close();
            throw e;
        }
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

    private Member.Command command(int index, List<Integer> ports, String agent)
            throws IOException {
        String role = job.layout().get(index);
        Host host = hosts.all().get(index);
        String name = role.replace(',', '-') + "-" + index;
        Path boards = Files.createDirectories(directory.resolve("orders-" + name));
        Path config = directory.resolve(name + ".conf");
        Files.writeString(config, settings(index, ports));
        String ahead = job.ahead().containsKey(role) ? "," + job.ahead().get(role) : "";
        return new Member.Command(
                role, name, host, directory, config, boards, agent + "=" + boards + ahead);
    }

    private String settings(int index, List<Integer> ports) {
        String own = hosts.all().get(index).address();
        String seed = hosts.all().get(0).address() + ":" + ports.get(0);
        return """
        akt {
          node { host = "%s", insecure = true, port = %d, seeds = [%s] }
          management.port = %d
          out = "%s", resume = true, seed = %d
          teacher.file = embedded
          evaluation.path = drawn
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
                        own,
                        ports.get(2 * index),
                        job.layout().size() == 1 ? "" : '"' + seed + '"',
                        ports.get(2 * index + 1),
                        out,
                        job.seed(),
                        job.epochs(),
                        Job.STEPS_PER_EPOCH,
                        job.checkpointEvery(),
                        job.settings(),
                        job.ownSettings().getOrDefault(job.layout().get(index), ""));
    }

    Job job() {
        return job;
    }

    Hosts hosts() {
        return hosts;
    }

    Path out() {
        return out;
    }

    Progress progress() {
        return progress;
    }

    SavedStates states() {
        return states;
    }

    List<Member> members() {
        return List.copyOf(members);
    }

    /** The process that has a role, perhaps among others. */
    Member of(String role) {
        return members.stream()
                .filter(
                        member ->
                                member.role().equals("all")
                                        || Arrays.asList(member.role().split(",")).contains(role))
                .findFirst()
                .orElseThrow(
                        () -> new IllegalArgumentException("nobody is " + role + " in " + job));
    }

    /** Whether its result is there, or it has been given up. */
    boolean over() {
        return completed() || members.stream().anyMatch(Training::gaveUp);
    }

    private static boolean gaveUp(Member member) {
        return member.finished() && member.exitCode() != 0;
    }

    boolean completed() {
        return result().map(result -> result.at("/completed").booleanValue()).orElse(false);
    }

    private Optional<JsonNode> result() {
        Path file = out.resolve("result.json");
        try {
            return Files.exists(file)
                    ? Optional.of(new ObjectMapper().readTree(file.toFile()))
                    : Optional.empty();
        } catch (IOException e) {
            // Half written.
            return Optional.empty();
        }
    }

    /** Waits for the end. */
    void awaitEnd(Duration patience) throws InterruptedException {
        long end = System.nanoTime() + patience.toNanos();
        while (!over() && System.nanoTime() < end) {
            Thread.sleep(50);
        }
    }

    /** In percent, of one that has completed. */
    double top1() {
        return result().orElseThrow().at("/student/top1").doubleValue();
    }

    /** Whether a process that gave up said why. */
    boolean gaveReason() {
        return members.stream()
                .filter(Training::gaveUp)
                .anyMatch(member -> member.output().contains("akt-node: "));
    }

    /** The last words of a process that gave up, or why there are none. */
    String reason() {
        return members.stream()
                .filter(Training::gaveUp)
                .findFirst()
                .map(
                        member ->
                                member.output()
                                        .lines()
                                        .filter(line -> line.startsWith("akt-node: "))
                                        .reduce((first, second) -> second)
                                        .orElse(
                                                "exit code "
                                                        + member.exitCode()
                                                        + " without a sentence"))
                .orElse("no end, at step " + progress.highest());
    }

    /** Ends all processes. */
    @Override
    public void close() {
        members.forEach(Member::close);
        progress.close();
        states.close();
    }
}
