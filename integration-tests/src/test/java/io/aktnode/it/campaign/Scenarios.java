package io.aktnode.it.campaign;

import io.aktnode.it.net.Conditions;
import java.time.Duration;
import java.util.ArrayList;
import java.util.Collections;
import java.util.List;
import java.util.Random;
import java.util.stream.Stream;

/** Everything the campaign does to a training. */
final class Scenarios {

    private static final List<String> ROLES =
            List.of("supervisor", "generator", "teacher", "student");
    private static final Job ONE = Job.of(Job.ONE_PROCESS, 1);
    private static final Job SPREAD = Job.of(ROLES, 1);

    /** The student's host is the one guests come to, too. */
    private static final Job PAIR = Job.of(List.of("supervisor,generator,teacher", "student"), 1);

    private static final Duration DOWN = Duration.ofSeconds(12);
    private static final Duration WEATHER = Duration.ofSeconds(10);
    private static final Duration STORAGE = Duration.ofSeconds(5);
    private static final long HOUR = 3600;

    /** Faults that follow one another in a random combination. */
    private static final int COMBINED = 5;

    /** So many calls in a row that a mistake is not over after one. */
    private static final int LASTING = 10;

    /** Students that join and leave, and a training long enough for all of them. */
    private static final int GUESTS = 20;

    private static final int EPOCHS_FOR_GUESTS = 30;

    /** For faults a training goes on through: it must not be over before they are. */
    private static final int EPOCHS_FOR_STORAGE = 8;

    /** For the same reason. */
    private static final Job WEATHERED = SPREAD.withEpochs(16);

    /** As many intervals as a training has. */
    private static final int ALL = 8;

    /** More than a training has. */
    private static final int ENDLESS = 100_000;

    /** What would be spread over hours comes within minutes. */
    private static final String GENEROUS =
            "supervisor { rollbacks-per-hour = 60, restarts-per-hour = 20 }";

    private static final double MILLION = 1e6;
    private static final double THOUSAND = 1e3;

    private Scenarios() {}

    /**
     * All of them.
     *
     * @param times how often each fault occurs
     * @param seed of the random combinations
     */
    static List<Scenario> all(int times, long seed) {
        return Stream.of(
                        processes(times),
                        network(times),
                        storage(times),
                        numbers(times),
                        peers(times),
                        inTurn(),
                        combinations(3, seed))
                .flatMap(List::stream)
                .toList();
    }

    private static List<Scenario> processes(int times) {
        List<Scenario> scenarios = new ArrayList<>();
        for (String role : ROLES) {
            scenarios.add(Scenario.of(SPREAD, times, ProcessFaults.kill(role)));
        }
        for (String role : ROLES) {
            scenarios.add(Scenario.of(SPREAD, times, ProcessFaults.pause(role, 5, 60)));
        }
        return scenarios;
    }

    private static List<Scenario> network(int times) {
        return List.of(
                Scenario.of(SPREAD, times, ProcessFaults.partition("generator", "student", DOWN)),
                Scenario.of(SPREAD, times, ProcessFaults.partition("supervisor", "student", DOWN)),
                Scenario.of(SPREAD, times, ProcessFaults.isolation("teacher")),
                weather(times, "1 % packet loss", Conditions.losing(0.01)),
                weather(times, "10 % packet loss", Conditions.losing(0.1)),
                weather(times, "packets 50 ms late", Conditions.delaying(Duration.ofMillis(50))),
                weather(
                        times,
                        "a fifth of the packets overtaken",
                        Conditions.reordering(0.2, Duration.ofMillis(5))),
                Scenario.of(
                        WEATHERED,
                        times,
                        ProcessFaults.damage(
                                "flipped bytes in frames", Conditions.flipping(0.02), WEATHER)));
    }

    private static Scenario weather(int times, String name, Conditions conditions) {
        return Scenario.of(WEATHERED, times, ProcessFaults.network(name, conditions, WEATHER));
    }

    private static List<Scenario> storage(int times) {
        return List.of(
                // While nothing can be saved nothing is lost: the training goes on.
                Scenario.of(ONE.withEpochs(EPOCHS_FOR_STORAGE), times, Storage.full(STORAGE))
                        .on(Storage.Kind.SMALL),
                Scenario.of(ONE.withEpochs(EPOCHS_FOR_STORAGE), times, Storage.readOnly(STORAGE))
                        .on(Storage.Kind.SMALL_CHECKPOINTS),
                // The one before is used: an interval more is lost than by the kill alone.
                Scenario.of(ONE, times, Damage.checkpoint()).losingUpTo(2),
                Scenario.of(SPREAD, times, Damage.settings("student")),
                Scenario.of(SPREAD, times, Damage.settings("supervisor")));
    }

    private static List<Scenario> numbers(int times) {
        List<Scenario> scenarios = new ArrayList<>();
        for (String role : List.of("student", "generator")) {
            scenarios.add(harm(times, "NaN in a weight of the " + role, role, "weights-nan", 0));
            scenarios.add(
                    harm(
                            times,
                            "NaN in a gradient of the " + role,
                            role,
                            "gradient-scale",
                            Double.NaN));
            scenarios.add(
                    harm(
                            times,
                            "gradient x 1000 of the " + role,
                            role,
                            "gradient-scale",
                            THOUSAND));
            scenarios.add(
                    harm(
                            times,
                            "gradient x 1000000 of the " + role,
                            role,
                            "gradient-scale",
                            MILLION));
            scenarios.add(harm(times, "one step at rate x 1000 of the " + role, role, "rate", 1e3));
        }
        for (String role : List.of("generator", "teacher", "student")) {
            scenarios.add(harm(times, "NaN in a frame of the " + role, role, "frame-nan", 0));
            scenarios.add(harm(times, "an exception in the " + role, role, "exception", 0));
        }
        // A harm that lasts is there again after each cure, and each time it is gone further back.
        scenarios.add(
                Scenario.of(
                                ONE,
                                times,
                                new RoleHarm(
                                        "gradients x 1000 of the student, " + LASTING + " in a row",
                                        "student",
                                        "gradient-scale",
                                        THOUSAND,
                                        LASTING))
                        .losingUpTo(3));
        scenarios.add(
                Scenario.of(
                                ONE,
                                1,
                                new RoleHarm(
                                        "rate x 1000 of the student, " + LASTING + " steps",
                                        "student",
                                        "rate",
                                        THOUSAND,
                                        LASTING))
                        .mayStop()
                        .losingUpTo(ALL));
        scenarios.add(
                Scenario.of(
                        ONE,
                        1,
                        new RoleHarm(
                                "a generator that draws one image",
                                "generator",
                                "collapse",
                                0,
                                ENDLESS)));
        // Where the same trouble comes again and again, those before are tried, to the very first.
        scenarios.add(
                Scenario.undisturbed(
                                "rate x 1000 of the student, in its settings",
                                ONE.withSettings("student.learning-rate = 0.1"))
                        .mayStop()
                        .losingUpTo(3));
        return scenarios;
    }

    private static Scenario harm(int times, String name, String role, String harm, double value) {
        return Scenario.of(ONE, times, RoleHarm.once(name, role, harm, value));
    }

    private static List<Scenario> peers(int times) {
        List<Scenario> scenarios = new ArrayList<>();
        for (String role : List.of("supervisor", "student")) {
            scenarios.add(
                    Scenario.of(
                                    SPREAD.withClock(role, HOUR),
                                    times,
                                    ProcessFaults.kill("generator"))
                            .named("the " + role + "'s clock an hour ahead, and kill -9"));
        }
        scenarios.add(Scenario.of(SPREAD, times, Strangers.atEveryPort()));
        scenarios.add(Scenario.of(SPREAD, times, Damage.teacherOfAnotherModel()));
        scenarios.add(Scenario.of(SPREAD, times, OldRelease.frames()));
        scenarios.add(Scenario.of(SPREAD, times, OldRelease.process("teacher")));
        // Nobody goes back for a guest.
        scenarios.add(
                Scenario.of(
                                PAIR.withEpochs(EPOCHS_FOR_GUESTS),
                                GUESTS / Visits.AT_ONCE,
                                Visits.comeAndGo())
                        .named(GUESTS + " students join and leave, two at a time")
                        .losingUpTo(0));
        return scenarios;
    }

    /** One of each kind in one training: the quickest way to see them all. */
    private static List<Scenario> inTurn() {
        List<Fault> numbers = new ArrayList<>();
        // What lasts is no single fault.
        numbers(1).stream()
                .filter(scenario -> scenario.intervals() == 1)
                .forEach(scenario -> numbers.addAll(scenario.faults()));
        return List.of(
                inTurn("kill -9 of each role", SPREAD, ROLES.stream().map(ProcessFaults::kill)),
                inTurn(
                        "SIGSTOP of each role for 5 to 15 s",
                        SPREAD,
                        ROLES.stream().map(role -> ProcessFaults.pause(role, 5, 15))),
                inTurn("each fault of the network", WEATHERED, faults(network(1))),
                inTurn(
                        "strangers, old releases, another model's teacher, flipped settings",
                        SPREAD,
                        Stream.of(
                                Strangers.atEveryPort(),
                                OldRelease.frames(),
                                OldRelease.process("teacher"),
                                Damage.teacherOfAnotherModel(),
                                Damage.settings("student"),
                                Damage.settings("supervisor"))),
                inTurn("each harm to numbers", ONE.withSettings(GENEROUS), numbers.stream()),
                inTurn(
                                "flipped checkpoints",
                                ONE,
                                Stream.of(Damage.checkpoint(), Damage.checkpoint()))
                        .losingUpTo(2));
    }

    private static Stream<Fault> faults(List<Scenario> scenarios) {
        return scenarios.stream().flatMap(scenario -> scenario.faults().stream());
    }

    private static Scenario inTurn(String name, Job job, Stream<Fault> faults) {
        Fault[] all = faults.toArray(Fault[]::new);
        return Scenario.of(job, all.length, all).named(name + ", in turn");
    }

    private static List<Scenario> combinations(int count, long seed) {
        List<Scenario> scenarios = new ArrayList<>();
        Random random = new Random(seed);
        for (int i = 1; i <= count; i++) {
            List<Fault> faults =
                    new ArrayList<>(
                            List.of(
                                    ProcessFaults.kill("supervisor"),
                                    ProcessFaults.kill("generator"),
                                    ProcessFaults.kill("teacher"),
                                    ProcessFaults.kill("student"),
                                    ProcessFaults.pause("student", 5, 20),
                                    ProcessFaults.pause("generator", 5, 20),
                                    ProcessFaults.partition("teacher", "student", DOWN),
                                    ProcessFaults.network(
                                            "10 % packet loss", Conditions.losing(0.1), WEATHER),
                                    RoleHarm.once("NaN in a weight", "student", "weights-nan", 0),
                                    RoleHarm.once(
                                            "gradient x 1000000",
                                            "generator",
                                            "gradient-scale",
                                            MILLION),
                                    RoleHarm.once("NaN in a frame", "teacher", "frame-nan", 0),
                                    Strangers.atEveryPort()));
            Collections.shuffle(faults, random);
            scenarios.add(
                    Scenario.of(SPREAD, COMBINED, faults.subList(0, COMBINED).toArray(Fault[]::new))
                            .named("random combination " + i + " of seed " + seed));
        }
        return scenarios;
    }
}
