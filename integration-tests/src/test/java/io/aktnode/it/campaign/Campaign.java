package io.aktnode.it.campaign;

import io.aktnode.it.agent.SkewedClock;
import io.aktnode.it.net.Hosts;
import io.aktnode.nn.model.Safetensors;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.Random;
import java.util.stream.Stream;

/** Runs scenarios one after the other and judges them. One thread. */
final class Campaign {

    /** How much worse than the undisturbed one a training may end, in percentage points. */
    private static final double TOLERANCE = 1;

    private static final Duration PATIENCE = Duration.ofMinutes(6);

    /** Steps that may be finished when a fault is over, and not be reported yet. */
    private static final int UNDER_WAY = 2;

    /** A fault's share of the training: not before the first steps, not after the last. */
    private static final double FIRST = 0.1;

    private static final double LAST = 0.85;

    private final Path directory;
    private final long seed;
    private final Map<Job, Outcome> undisturbed = new HashMap<>();

    /**
     * @param directory a directory of its own for each training
     * @param seed of when which fault occurs
     */
    Campaign(Path directory, long seed) {
        this.directory = directory;
        this.seed = seed;
    }

    /**
     * The same training with nothing done to it; made once. In lockstep it does not matter where
     * the roles are.
     */
    Outcome undisturbed(Job job) throws Exception {
        Job plain = new Job(Job.ONE_PROCESS, job.seed(), job.epochs(), job.checkpointEvery());
        Outcome known = undisturbed.get(plain);
        if (known == null) {
            known =
                    train(
                            Scenario.undisturbed(
                                    "undisturbed, seed "
                                            + plain.seed()
                                            + ", "
                                            + plain.steps()
                                            + " steps",
                                    plain),
                            Optional.empty());
            if (known.top1().isEmpty()) {
                // Nothing could be compared with it, and that must not pass unseen.
                throw new IllegalStateException(
                        known.scenario() + " did not complete: " + known.end());
            }
            undisturbed.put(plain, known);
        }
        return known;
    }

    /** Runs one scenario. */
    Outcome run(Scenario scenario) throws Exception {
        return train(scenario, Optional.of(undisturbed(scenario.job())));
    }

    private Outcome train(Scenario scenario, Optional<Outcome> compared) throws Exception {
        Path own = directory.resolve(scenario.name().replaceAll("[^A-Za-z0-9]+", "-"));
        // A training would go on with what an earlier campaign left there.
        Storage.remove(own);
        Files.createDirectories(own);
        try (Hosts hosts = Hosts.make(scenario.job().layout().size());
                Storage storage = Storage.make(scenario.storage(), own);
                Training training = Training.start(scenario.job(), hosts, own, storage.out())) {
            List<String> complaints = new ArrayList<>();
            List<Injury> injuries = new ArrayList<>();
            Random random = new Random(seed * 31 + scenario.name().hashCode());
            try {
                for (long step : steps(scenario, random)) {
                    training.progress().await(step, PATIENCE, training::over);
                    if (training.over()) {
                        break;
                    }
                    Fault fault = scenario.faults().get(injuries.size() % scenario.faults().size());
                    if (!fault.possible(training)) {
                        complaints.add("cannot be done here: " + fault.name());
                        break;
                    }
                    injuries.add(injure(training, fault, random));
                }
            } catch (IllegalStateException e) {
                complaints.add(e.getMessage());
            }
            training.awaitEnd(PATIENCE);
            Outcome outcome =
                    judge(scenario, training, compared, recoveries(training, injuries), complaints);
            tidy(own, outcome);
            return outcome;
        }
    }

    /** Faults follow one another only when the one before has been got over. */
    private static List<Long> steps(Scenario scenario, Random random) {
        double span = scenario.job().steps() * (LAST - FIRST);
        return Stream.generate(random::nextDouble)
                .limit(scenario.times())
                .map(share -> (long) (scenario.job().steps() * FIRST + share * span))
                .sorted()
                .toList();
    }

    /** When a fault was brought about and when it was over, by {@link System#nanoTime}. */
    private record Injury(long begunNs, long overNs) {}

    private static Injury injure(Training training, Fault fault, Random random) throws Exception {
        long begun = System.nanoTime();
        fault.inject(training, random);
        Injury injury = new Injury(begun, System.nanoTime());
        long before = training.progress().highest() + UNDER_WAY;
        training.progress().await(before + 1, PATIENCE, training::over);
        return injury;
    }

    /** Of each fault, also of one that is noticed late: the longest standstill until the next. */
    private static List<Duration> recoveries(Training training, List<Injury> injuries) {
        List<Duration> recoveries = new ArrayList<>();
        for (int i = 0; i < injuries.size(); i++) {
            long next = i + 1 < injuries.size() ? injuries.get(i + 1).begunNs() : System.nanoTime();
            recoveries.add(training.progress().longestStandstill(injuries.get(i).overNs(), next));
        }
        return recoveries;
    }

    private static Outcome judge(
            Scenario scenario,
            Training training,
            Optional<Outcome> undisturbed,
            List<Duration> recoveries,
            List<String> complaints)
            throws IOException {
        int injected = recoveries.size();
        OptionalDouble expected = undisturbed.map(Outcome::top1).orElse(OptionalDouble.empty());
        String student =
                training.completed()
                        ? Safetensors.sha256(training.out().resolve("student.safetensors"))
                        : "";
        OptionalDouble top1 =
                training.completed() ? OptionalDouble.of(training.top1()) : OptionalDouble.empty();
        boolean mayStop = scenario.expectation() == Scenario.Expectation.MAY_STOP;
        String end = top1.isPresent() ? Outcome.WENT_ON : "stopped: " + training.reason();
        if (top1.isEmpty() && !(mayStop && training.gaveReason())) {
            complaints.add(end);
        }
        if (injected < scenario.times() && !(top1.isEmpty() && mayStop)) {
            complaints.add("only " + injected + " of " + scenario.times() + " faults occurred");
        }
        if (top1.isPresent()
                && expected.isPresent()
                && top1.getAsDouble() < expected.getAsDouble() - TOLERANCE) {
            complaints.add(
                    "top-1 is " + top1.getAsDouble() + " % instead of " + expected.getAsDouble());
        }
        long allowed = (long) scenario.intervals() * scenario.job().checkpointEvery();
        if (training.progress().mostLost() > allowed) {
            complaints.add(training.progress().mostLost() + " steps were lost at once");
        }
        if (undisturbed.isPresent()
                && training.completed()
                && !training.numbersWereTouched()
                && !student.equals(undisturbed.get().student())) {
            complaints.add("the student is not the undisturbed one, bit for bit");
        }
        scenario.job()
                .ahead()
                .keySet()
                .forEach(
                        role -> {
                            if (!training.of(role).output().contains(SkewedClock.NOTE)) {
                                complaints.add("the clock of the " + role + " was right");
                            }
                        });
        List<String> nonFinite = training.states().broken();
        nonFinite.forEach(weight -> complaints.add("not finite: " + weight));
        if (top1.isPresent() && training.states().read() == 0) {
            complaints.add("no saved weights were seen");
        }
        return new Outcome(
                scenario.name(),
                injected,
                end,
                training.progress().mostLost(),
                allowed,
                recoveries,
                top1,
                expected,
                student,
                training.states().read(),
                nonFinite,
                complaints);
    }

    /** What nobody needs to look at is removed. */
    private static void tidy(Path own, Outcome outcome) throws IOException {
        Path checkpoints = own.resolve("out/checkpoints");
        if (!outcome.complaints().isEmpty() || !Files.isDirectory(checkpoints)) {
            return;
        }
        try (Stream<Path> files = Files.walk(checkpoints)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                Files.deleteIfExists(file);
            }
        }
    }
}
