package io.aktnode.it.campaign;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aktnode.it.net.Hosts;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.Comparator;
import java.util.Deque;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/** A training under way on the processes of a job, and all that can be seen of it from outside. */
final class Training implements AutoCloseable {

    /** What the supervisor does that changes the numbers from then on. */
    private static final Set<String> TOUCHING = Set.of("skip", "rescale", "rollback", "quarantine");

    private final Job job;
    private final Hosts hosts;
    private final Path out;
    private final Processes processes;
    private final List<Member> members = new ArrayList<>();
    private final Deque<Member> guests = new ArrayDeque<>();
    private final Progress progress;
    private final SavedStates states;
    private boolean invited;

    private Training(Job job, Hosts hosts, Path directory, Path out) throws IOException {
        this.job = job;
        this.hosts = hosts;
        this.out = out;
        this.processes = new Processes(job, hosts, directory, out);
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
            for (int i = 0; i < job.layout().size(); i++) {
                training.members.add(training.processes.start(i));
            }
            return training;
        } catch (IOException | RuntimeException e) {
            training.close();
            throw e;
        }
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

    /**
     * Starts a process of students that join, on the last host.
     *
     * @param bits their widths
     */
    void invite(List<Integer> bits) throws IOException, InterruptedException {
        invited = true;
        guests.add(processes.startGuests(bits));
    }

    /** Processes invited and not dismissed, the first one first. */
    List<Member> guests() {
        return List.copyOf(guests);
    }

    /** Ends the first of them by a signal. */
    void dismiss(String signal) throws InterruptedException {
        guests.element().leave(signal);
        guests.remove();
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

    /**
     * Whether there is a reason for another student than the undisturbed one: guests, whose logits
     * the generator reads, other noise, or an update that was not applied as it was.
     */
    boolean numbersWereTouched() throws IOException {
        ObjectMapper json = new ObjectMapper();
        for (String line : Files.readAllLines(out.resolve("journal.jsonl"))) {
            JsonNode event = json.readTree(line);
            if (TOUCHING.contains(event.path("action").asText())) {
                return true;
            }
        }
        return invited || noiseEpoch(json) > 0;
    }

    private int noiseEpoch(ObjectMapper json) throws IOException {
        try (Stream<Path> checkpoints = Files.list(out.resolve("checkpoints"))) {
            Path last =
                    checkpoints
                            .map(checkpoint -> checkpoint.resolve("manifest.json"))
                            .filter(Files::exists)
                            .max(Comparator.naturalOrder())
                            .orElseThrow();
            return json.readTree(last.toFile()).at("/noiseEpoch").intValue();
        }
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

    /**
     * Waits for the end.
     *
     * @param patience with a training that makes no new step
     */
    void awaitEnd(Duration patience) throws InterruptedException {
        long begin = System.nanoTime();
        while (!over()
                && System.nanoTime() - Math.max(begin, progress.highestSinceNs())
                        < patience.toNanos()) {
            Thread.sleep(50);
        }
    }

    /** In percent, of one that has completed. */
    double top1() {
        return result().orElseThrow().at("/student/top1").doubleValue();
    }

    /** Whether a process ended because nothing helped, and said so. */
    boolean gaveReason() {
        return members.stream()
                .filter(member -> member.finished() && member.exitCode() == Member.NOT_CURED)
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
        guests.forEach(Member::close);
        members.forEach(Member::close);
        progress.close();
        states.close();
    }
}
