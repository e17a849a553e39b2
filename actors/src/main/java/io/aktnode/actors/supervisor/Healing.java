package io.aktnode.actors.supervisor;

import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.policy.CureLadder;
import io.aktnode.actors.policy.CureLadder.Cure;
import io.aktnode.actors.policy.Finding;
import io.aktnode.actors.policy.HealthMonitor;
import io.aktnode.actors.run.Intervention;
import io.aktnode.actors.run.Quarantined;
import io.aktnode.protocol.frame.Role;
import io.aktnode.protocol.frame.RoleId;
import java.util.HashMap;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.TreeMap;
import java.util.stream.IntStream;
import java.util.stream.Stream;

/**
 * Chooses the mildest cure for trouble, notes it, and remembers which students wait for theirs.
 *
 * <p>With several students each has budgets of its own. One whose state is sick is cured alone, at
 * the next barrier, and put aside when nothing helps; the others lose nothing. Whatever else is
 * wrong is cured for all roles together, so that they fit together. One thread.
 */
final class Healing {

    /** How a cure is carried out. */
    enum Course {
        /** Not at all: only noted, or already on its way. */
        NONE,
        /** At the next barrier, for the students that wait for it. */
        ALONE,
        /** All roles go back to the newest checkpoint that is sound. */
        TOGETHER,
        /** The same, with all networks made anew. */
        ANEW,
        /** Not: nothing is left to try. */
        STOP
    }

    /**
     * A student that waits for a barrier.
     *
     * @param sound the checkpoint with the state it is given, or that is kept of it
     */
    record Patient(Cure cure, String reason, Checkpoint sound) {}

    private static final Optional<RoleId> EVERYBODY = Optional.empty();

    private static final String STUDENT = HealthMonitor.name(RoleId.student(0));

    private final SupervisorConfig config;
    private final RunRecord record;
    private final Crew crew;
    private final KeptStates kept;
    private final Roster roster;
    private final HealthMonitor monitor;
    private final Map<Optional<RoleId>, CureLadder> ladders = new HashMap<>();

    /** Of cures that were only reported: they leave the budgets of real ones alone. */
    private final Map<Optional<RoleId>, CureLadder> imagined = new HashMap<>();

    private final TreeMap<Integer, Patient> waiting = new TreeMap<>();

    Healing(
            SupervisorConfig config,
            RunRecord record,
            Crew crew,
            KeptStates kept,
            Roster roster,
            HealthMonitor monitor) {
        this.config = config;
        this.record = record;
        this.crew = crew;
        this.kept = kept;
        this.roster = roster;
        this.monitor = monitor;
    }

    /**
     * Puts those aside again that an earlier process had put aside since the checkpoint. The guests
     * must be known by then.
     *
     * @param why by role
     */
    void putAside(Map<String, Quarantined> why, Checkpoint checkpoint) {
        why.forEach(
                (name, reason) ->
                        named(name)
                                .ifPresent(
                                        role ->
                                                putAside(
                                                        role.instance(),
                                                        reason.step(),
                                                        reason.reason(),
                                                        checkpoint)));
    }

    /**
     * Counts what earlier processes did within the hour towards the budgets. The students that were
     * put aside and the guests must be known by then.
     *
     * @param past the oldest first
     */
    void remember(List<PastCure> past) {
        for (PastCure cure : past) {
            switch (cure.action()) {
                case "skip" -> monitor.skipped(cure.age());
                case "rescale" ->
                        named(cure.role()).ifPresent(role -> monitor.rescaled(role, cure.step()));
                case "rollback" -> charge(Cure.ROLLBACK, cure);
                case "restart" -> charge(Cure.RESTART, cure);
                default -> {
                    // Nothing else has a budget.
                }
            }
        }
    }

    /** To the student's own budget, unless it is the only one, as when the cure was chosen. */
    private void charge(Cure cure, PastCure past) {
        if (!past.role().startsWith(STUDENT)) {
            ladder(EVERYBODY).used(cure, past.age());
            return;
        }
        // Of a guest that was forgotten nothing counts.
        named(past.role())
                .map(
                        role ->
                                crew.takesPart(role.instance()) && crew.students() == 1
                                        ? EVERYBODY
                                        : Optional.of(role))
                .ifPresent(whose -> ladder(whose).used(cure, past.age()));
    }

    private Optional<RoleId> named(String name) {
        return Stream.concat(
                        Stream.of(RoleId.GENERATOR),
                        IntStream.range(0, roster.seats()).mapToObj(RoleId::student))
                .filter(role -> HealthMonitor.name(role).equals(name))
                .findFirst();
    }

    /**
     * Notes trouble and what is done about it. A student that is put aside is retired at once when
     * it cannot wait for a barrier.
     *
     * @param finishedSteps of the run
     */
    Course choose(Trouble trouble, long finishedSteps) {
        if (onItsWay(trouble)) {
            return Course.NONE;
        }
        boolean oneOfSeveral = trouble.student().isPresent() && staying() > 1;
        if (onlyReported(trouble)) {
            note(trouble, "would " + action(climb(trouble, oneOfSeveral, imagined)));
            monitor.forget();
            return Course.NONE;
        }
        Cure cure = climb(trouble, oneOfSeveral, ladders);
        note(trouble, action(cure));
        if (cure == Cure.STOP) {
            return Course.STOP;
        }
        Optional<Checkpoint> sound = sound(trouble);
        if (oneOfSeveral && curableAlone(trouble, cure, sound, finishedSteps)) {
            waiting.put(
                    trouble.student().getAsInt(),
                    new Patient(cure, trouble.reason(), sound.orElseThrow()));
            return Course.ALONE;
        }
        if (cure == Cure.QUARANTINE) {
            putAside(
                    trouble.student().getAsInt(),
                    trouble.step(),
                    trouble.reason(),
                    sound.orElseThrow());
        }
        return cure == Cure.RESTART ? Course.ANEW : Course.TOGETHER;
    }

    /**
     * A sick student's logits are in the generator's gradients, so both are seen to be in trouble.
     */
    private boolean onItsWay(Trouble trouble) {
        if (waiting.isEmpty() || trouble.kind() != Trouble.Kind.STATE) {
            return false;
        }
        OptionalInt student = trouble.student();
        return student.isPresent()
                ? waiting.containsKey(student.getAsInt())
                : trouble.who().filter(who -> who.role() == Role.GENERATOR).isPresent();
    }

    /** A role that threw is made anew whatever is decided, and one that is gone stays away. */
    private boolean onlyReported(Trouble trouble) {
        return config.cures().dryRun()
                && trouble.kind() != Trouble.Kind.BROKEN
                && trouble.kind() != Trouble.Kind.GONE;
    }

    /** Students that will not be put aside at the next barrier: one of them must be left. */
    private long staying() {
        return crew.students()
                - waiting.values().stream()
                        .filter(patient -> patient.cure() == Cure.QUARANTINE)
                        .count();
    }

    private Cure climb(
            Trouble trouble, boolean oneOfSeveral, Map<Optional<RoleId>, CureLadder> ladders) {
        CureLadder ladder = ladder(ladders, oneOfSeveral ? trouble.who() : EVERYBODY);
        Cure cure =
                switch (trouble.kind()) {
                    case STATE -> ladder.forBrokenState();
                    case STALL, BROKEN -> ladder.forBrokenRole();
                    case GONE -> Cure.STOP;
                };
        return cure == Cure.STOP && oneOfSeveral && sound(trouble).isPresent()
                ? Cure.QUARANTINE
                : cure;
    }

    /**
     * The first step nothing is to be kept of: that since which the numbers are in doubt, if they
     * are what is wrong.
     */
    long doubtfulSince(Trouble trouble) {
        return trouble.kind() == Trouble.Kind.STATE ? monitor.doubtfulSince() : Long.MAX_VALUE;
    }

    /** The run has a checkpoint further on than any before. */
    void gotFurther() {
        ladders.values().forEach(CureLadder::gotFurther);
        imagined.values().forEach(CureLadder::gotFurther);
    }

    private Optional<Checkpoint> sound(Trouble trouble) {
        return config.store().sound(doubtfulSince(trouble));
    }

    private CureLadder ladder(Optional<RoleId> of) {
        return ladder(ladders, of);
    }

    private CureLadder ladder(Map<Optional<RoleId>, CureLadder> ladders, Optional<RoleId> of) {
        return ladders.computeIfAbsent(
                of, key -> new CureLadder(config.cures(), config.nanoClock()));
    }

    /**
     * Whether the others need not go back, too: the student answers, and will have activation
     * ranges when it continues from the sound checkpoint at this step.
     */
    private boolean curableAlone(
            Trouble trouble, Cure cure, Optional<Checkpoint> sound, long finishedSteps) {
        if (trouble.kind() != Trouble.Kind.STATE) {
            return false;
        }
        int student = trouble.student().getAsInt();
        if (cure == Cure.QUARANTINE || roster.isGuest(student)) {
            // A guest of which no sound checkpoint knows begins anew.
            return sound.isPresent();
        }
        long calibrated = roster.trainsFrom(student);
        return sound.filter(from -> from.step() >= calibrated || finishedSteps < calibrated)
                .isPresent();
    }

    private void note(Trouble trouble, String action) {
        record.intervention(
                new Intervention(
                        trouble.step(),
                        trouble.name(),
                        action,
                        trouble.reason(),
                        trouble.who().map(monitor::limits).orElse(Map.of())));
    }

    private static String action(Cure cure) {
        return cure.name().toLowerCase(Locale.ROOT);
    }

    /** Notes what a role's gate has done, or in a dry run would have done. */
    void noteLocal(Finding finding, String action) {
        // An update that is not finite is never applied.
        boolean done = !config.cures().dryRun() || finding.severity() == Finding.Severity.SKIPPED;
        record.intervention(
                new Intervention(
                        finding.step(),
                        HealthMonitor.name(finding.who()),
                        done ? action : "would " + action,
                        finding.reason(),
                        monitor.limits(finding.who())));
    }

    /** Whether students wait for the next barrier. */
    boolean due() {
        return !waiting.isEmpty();
    }

    /**
     * At a barrier: puts aside those for which nothing else is left, and says what the other
     * waiting students are given.
     *
     * @return by id
     */
    Map<Integer, Patient> take(long step) {
        Map<Integer, Patient> patients = new TreeMap<>();
        waiting.forEach(
                (student, patient) -> {
                    monitor.mended(RoleId.student(student), patient.sound().manifest().histories());
                    if (patient.cure() == Cure.QUARANTINE) {
                        putAside(student, step, patient.reason(), patient.sound());
                    } else {
                        patients.put(student, patient);
                    }
                });
        waiting.clear();
        return patients;
    }

    /** A guest is gone, and its trouble with it. */
    void forget(int student) {
        waiting.remove(student);
    }

    /**
     * The roles go back together and nobody waits any more: a cure for one is of no use, but who
     * was to be put aside is.
     *
     * @return whether anyone was
     */
    boolean settle(long step) {
        waiting.values().removeIf(patient -> patient.cure() != Cure.QUARANTINE);
        waiting.forEach(
                (student, patient) -> putAside(student, step, patient.reason(), patient.sound()));
        boolean any = !waiting.isEmpty();
        waiting.clear();
        return any;
    }

    private void putAside(int student, long step, String reason, Checkpoint sound) {
        kept.putAside(student, new Quarantined(step, reason), sound);
        crew.retire(student, reason);
    }

    /**
     * What did not help and where the last sound state is, for the report of a run that was
     * stopped.
     */
    String report(Trouble trouble) {
        // For whoever is gone nothing was tried.
        String tried = trouble.kind() == Trouble.Kind.GONE ? "" : ladder(EVERYBODY).spent() + "; ";
        return tried
                + sound(trouble)
                        .map(sound -> "the last healthy checkpoint is " + sound.directory())
                        .orElse("there is no healthy checkpoint");
    }
}
