package io.aktnode.actors.supervisor;

import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointException;
import io.aktnode.actors.checkpoint.Manifest;
import io.aktnode.actors.policy.Finding;
import io.aktnode.actors.policy.HealthMonitor;
import io.aktnode.actors.run.Evaluation;
import io.aktnode.actors.run.Intervention;
import io.aktnode.actors.run.RunFailedException;
import io.aktnode.actors.run.RunOutcome;
import io.aktnode.protocol.control.GeneratorProtocol;
import io.aktnode.protocol.control.Restoration;
import io.aktnode.protocol.control.StepReport;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.control.SupervisorProtocol.Command;
import io.aktnode.protocol.frame.Role;
import io.aktnode.protocol.frame.RoleId;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.function.Function;

/**
 * Leads a run from barrier to barrier and keeps it healthy: assembles the roles' reports, judges
 * them, and answers trouble with the mildest cure whose budget is not spent ({@link Healing}). With
 * every cure all roles begin a new incarnation: at the newest checkpoint if nothing speaks against
 * the numbers, at the newest sound one if something does, or, when one student is cured alone, at a
 * barrier.
 *
 * <p>Above 400 lines: the phases and what each message means in them are read together or not at
 * all; what could be told apart is in this package's other classes.
 */
public final class SupervisorActor extends AbstractBehavior<Command> {

    /**
     * Silence is measured in ticks, not by the clock: while this process itself stands still there
     * are none, and then nobody is to blame for not having been heard.
     */
    private static final int STALL_TICKS = 10;

    private static final String ALL_PUT_ASIDE = "all students are put aside";

    private enum Tick implements Command {
        INSTANCE
    }

    /** Tries once more to save the last state. */
    private enum SaveAgain implements Command {
        INSTANCE
    }

    /** What is being waited for. */
    private enum Phase {
        /** All roles to be up. */
        GATHERING,
        RESTORING,
        /** The next barrier. */
        RUNNING,
        EVALUATING,
        SAVING,
        ENDED
    }

    private final SupervisorConfig config;
    private final RunEnd end;
    private final Crew crew;
    private final RunRecord record;
    private final HealthMonitor monitor;
    private final KeptStates kept = new KeptStates();
    private final Roster roster;
    private final Healing healing;
    private final Guests guests;
    private final StepAssembler assembler;
    private final Timeline timeline;
    private final Set<RoleId> restored = new HashSet<>();
    private final SavedStates saved = new SavedStates();
    private final LeftBehind leftBehind = new LeftBehind(STALL_TICKS);
    private final StateTravel states;
    private final Restorations restorations;
    private final SavePatience patience;
    private final TimerScheduler<Command> timers;

    private Phase phase = Phase.GATHERING;
    private long latestStep;
    private boolean cancelled;
    private boolean mending;
    private int silentTicks;

    /**
     * @param end completed with the outcome, or with a {@link RunFailedException}
     */
    public static Behavior<Command> create(
            SupervisorConfig config, CompletableFuture<RunOutcome> end) {
        return Behaviors.setup(
                context ->
                        Behaviors.withTimers(
                                timers -> {
                                    SupervisorActor supervisor =
                                            new SupervisorActor(context, timers, config, end);
                                    return FailureReporter.telling(
                                            Command.class,
                                            e -> supervisor.end.fail("the supervisor failed: " + e),
                                            supervisor);
                                }));
    }

    private SupervisorActor(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            SupervisorConfig config,
            CompletableFuture<RunOutcome> waiting) {
        super(context);
        this.timers = timers;
        this.config = config;
        this.patience = new SavePatience(config.store().giveUpAfter(), config.nanoClock());
        this.roster = new Roster(config);
        this.crew = new Crew(roster, config.students().size());
        this.states = new StateTravel(context, config.store(), crew);
        this.restorations = new Restorations(states);
        this.timeline =
                new Timeline(config.store(), config.cures().healthyAfterSteps(), config.start());
        this.record = new RunRecord(config.listener(), config.journal(), timeline);
        this.monitor = new HealthMonitor(config.cures(), config.detectors(), config.nanoClock());
        this.healing = new Healing(config, record, crew, kept, roster, monitor);
        this.guests = new Guests(crew, roster, kept, healing, timeline, record);
        this.assembler =
                new StepAssembler(
                        config.plan().schedule(),
                        config.window(),
                        roster::seats,
                        crew::takesPart,
                        config.nanoClock());
        this.end = new RunEnd(config, record, timeline, kept, roster, waiting);
        config.start().ifPresent(this::resume);
        record.event("start", config.start().isPresent() ? "resumed" : "new");
        tellPassedOver();
        timers.startTimerWithFixedDelay(Tick.INSTANCE, config.stallAfter().dividedBy(STALL_TICKS));
    }

    private void resume(Checkpoint checkpoint) {
        record.continueFrom(checkpoint);
        monitor.backTo(checkpoint.step(), checkpoint.manifest().histories());
        assembler.restart(checkpoint.step());
        latestStep = checkpoint.step();
        checkpoint
                .manifest()
                .quarantined()
                .forEach(
                        (student, why) -> {
                            kept.putAside(student, why, checkpoint);
                            crew.retire(student, why.reason());
                        });
        guests.resume(checkpoint);
        timeline.noiseIsPast(config.decided().noiseEpoch());
        healing.putAside(config.decided().putAside(), checkpoint);
        healing.remember(config.past());
        if (!checkpoint.manifest().healthy()) {
            monitor.troubleAt(checkpoint.step() - 1);
        }
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(SupervisorProtocol.GeneratorUp.class, this::onGeneratorUp)
                .onMessage(SupervisorProtocol.TeacherUp.class, this::onTeacherUp)
                .onMessage(SupervisorProtocol.StudentUp.class, this::onStudentUp)
                .onMessage(SupervisorProtocol.RoleFailed.class, this::onRoleFailed)
                .onMessage(SupervisorProtocol.RoleGone.class, this::onRoleGone)
                .onMessage(SupervisorProtocol.RoleLost.class, this::onRoleLost)
                .onMessage(SupervisorProtocol.Restored.class, this::onRestored)
                .onMessage(StepReport.class, this::onStepReport)
                .onMessage(SupervisorProtocol.BarrierReached.class, this::onBarrierReached)
                .onMessage(SupervisorProtocol.Evaluated.class, this::onEvaluated)
                .onMessage(SupervisorProtocol.Saved.class, this::onSaved)
                .onMessage(SupervisorProtocol.Stalled.class, this::onStalled)
                .onMessage(SupervisorProtocol.Cancel.class, this::onCancel)
                .onMessageEquals(Tick.INSTANCE, this::onTick)
                .onMessageEquals(SaveAgain.INSTANCE, this::onSaveAgain)
                .onSignal(PostStop.class, signal -> onPostStop())
                .build();
    }

    // Roles come and go.

    private Behavior<Command> onGeneratorUp(SupervisorProtocol.GeneratorUp message) {
        if (crew.isUp(RoleId.GENERATOR, message.address())) {
            return this;
        }
        onUp(RoleId.GENERATOR);
        crew.generatorUp(message);
        return gather();
    }

    private Behavior<Command> onTeacherUp(SupervisorProtocol.TeacherUp message) {
        RoleId teacher = RoleId.teacher(message.instance());
        if (crew.isUp(teacher, message.address())) {
            return this;
        }
        onUp(teacher);
        crew.teacherUp(message);
        restoreLateTeachers();
        return gather();
    }

    private Behavior<Command> onStudentUp(SupervisorProtocol.StudentUp message) {
        RoleId student = RoleId.student(message.student());
        if (crew.isUp(student, message.address())) {
            return this;
        }
        if (message.guest()) {
            return onGuestUp(message);
        }
        if (crew.takesPart(message.student())) {
            onUp(student);
        }
        crew.studentUp(message);
        return gather();
    }

    /** It takes part from the next barrier on, which is made at once. */
    private Behavior<Command> onGuestUp(SupervisorProtocol.StudentUp message) {
        heard();
        leave(RoleId.student(message.student()), "came up a second time");
        if (phase != Phase.ENDED && guests.arrive(message)) {
            pauseIfRunning();
        }
        return this;
    }

    private void pauseIfRunning() {
        if (phase == Phase.RUNNING) {
            crew.generator().tell(new GeneratorProtocol.Pause(timeline.incarnation()));
        }
    }

    /** A guest is gone: the others go on as they are. */
    private void leave(RoleId guest, String cause) {
        if (phase == Phase.ENDED || !guests.leave(guest, cause)) {
            return;
        }
        restored.remove(guest);
        saved.remove(guest);
        if (phase != Phase.GATHERING) {
            crew.tellStudents(timeline.incarnation());
        }
        switch (phase) {
            case GATHERING -> gather();
            case RESTORING -> beginWhenRestored();
            case EVALUATING -> checkpointWhenEvaluated(timeline.step());
            case SAVING -> commitWhenSaved();
            default -> {
                // The generator goes on by itself.
            }
        }
    }

    private void leaveForGood(RoleId guest, String cause) {
        leave(guest, cause);
        stopIfNobodyIsLeft(guest);
    }

    private void stopIfNobodyIsLeft(RoleId guest) {
        stopIfNobodyIsLeft(Optional.of(guest), "it has left, and all other students are put aside");
    }

    /**
     * Images nobody learns from are of no use.
     *
     * @return whether the run has ended
     */
    private boolean stopIfNobodyIsLeft(Optional<RoleId> last, String why) {
        if (crew.students() == 0 && !crew.awaited()) {
            treat(new Trouble(last, Trouble.Kind.GONE, latestStep, why));
        }
        return phase == Phase.ENDED;
    }

    private void onUp(RoleId role) {
        heard();
        // While all are waited for anyway nothing is lost with the one that was there before.
        if (crew.isUp(role) && phase != Phase.GATHERING) {
            // Where it was before nobody receives anything any more.
            crew.down(role);
            treat(
                    Trouble.of(
                            role,
                            Trouble.Kind.BROKEN,
                            latestStep,
                            role + " came up a second time"));
        }
    }

    private Behavior<Command> onRoleFailed(SupervisorProtocol.RoleFailed message) {
        heard();
        if (guests.isGuest(message.role())) {
            leave(message.role(), message.cause());
            if (!guests.threw(message.role(), message.cause())) {
                stopIfNobodyIsLeft(message.role());
            }
        } else if (phase != Phase.ENDED && takesPart(message.role())) {
            crew.down(message.role());
            treat(Trouble.of(message.role(), Trouble.Kind.BROKEN, latestStep, message.cause()));
        }
        return this;
    }

    private Behavior<Command> onRoleGone(SupervisorProtocol.RoleGone message) {
        if (guests.isGuest(message.role())) {
            leaveForGood(message.role(), message.cause());
            return this;
        }
        if (!takesPart(message.role())) {
            return this;
        }
        String sentence = message.role() + " cannot be started: " + message.cause();
        boolean student = message.role().role() == Role.STUDENT;
        if (student && crew.students() > 1 && timeline.base().isPresent()) {
            crew.down(message.role());
            treat(Trouble.of(message.role(), Trouble.Kind.GONE, latestStep, sentence));
        } else {
            fail(sentence);
        }
        return this;
    }

    /** Nothing is wrong with the numbers: all go on from the last checkpoint, on the same noise. */
    private Behavior<Command> onRoleLost(SupervisorProtocol.RoleLost message) {
        if (guests.isGuest(message.role())) {
            leaveForGood(message.role(), message.cause());
            return this;
        }
        if (otherTeachersGoOn(message.role(), message.cause())) {
            return this;
        }
        if (phase != Phase.ENDED && crew.isUp(message.role())) {
            crew.down(message.role());
            record.intervention(
                    new Intervention(
                            latestStep,
                            HealthMonitor.name(message.role()),
                            "replace",
                            message.cause(),
                            monitor.limits(message.role())));
            back(timeline::again);
        }
        return this;
    }

    /** Without one of several teachers the others answer its batches: nobody goes back. */
    private boolean otherTeachersGoOn(RoleId role, String cause) {
        if (role.role() != Role.TEACHER || !inFull()) {
            return false;
        }
        if (!crew.servedWithout(role.instance())) {
            return false;
        }
        crew.down(role);
        record.event("teacher-left", role + ": " + cause);
        crew.tellTeachers(timeline.incarnation());
        return true;
    }

    /** Whether the roles have begun the incarnation. */
    private boolean inFull() {
        return phase == Phase.RUNNING || phase == Phase.EVALUATING || phase == Phase.SAVING;
    }

    private void restoreLateTeachers() {
        if (inFull()) {
            crew.restoreLate(timeline.restoration(config.runId()), getContext().getSelf().narrow());
        }
    }

    private boolean takesPart(RoleId role) {
        return role.role() != Role.STUDENT || crew.takesPart(role.instance());
    }

    private Behavior<Command> gather() {
        if (phase == Phase.GATHERING && crew.complete()) {
            mending = false;
            restore(
                    restorations.together(
                            crew.withPeers(timeline.restoration(config.runId())), timeline.base()));
        }
        return this;
    }

    private void restore(Function<RoleId, Restoration> begin) {
        phase = Phase.RESTORING;
        restored.clear();
        crew.restore(begin, timeline.noiseEpoch(), getContext().getSelf().narrow());
    }

    private Behavior<Command> onRestored(SupervisorProtocol.Restored message) {
        heard();
        if (phase == Phase.RESTORING
                && current(message.incarnation())
                && takesPart(message.role())) {
            restored.add(message.role());
            beginWhenRestored();
        } else if (inFull()
                && current(message.incarnation())
                && message.role().role() == Role.TEACHER) {
            crew.serves(message.role().instance());
            record.event("teacher-joined", message.role().toString());
            crew.tellTeachers(timeline.incarnation());
        }
        return this;
    }

    private void beginWhenRestored() {
        if (restored.size() < crew.size()) {
            return;
        }
        record.incarnation();
        leftBehind.restart();
        if (mending) {
            atBarrier();
        } else if (timeline.base().isEmpty()) {
            // The first state is the first one that can be gone back to.
            save();
        } else {
            proceed();
        }
        restoreLateTeachers();
    }

    // From barrier to barrier.

    private void proceed() {
        if (awaited()) {
            mend();
            return;
        }
        if (cancelled || timeline.step() >= config.plan().schedule().totalSteps()) {
            finish();
            return;
        }
        phase = Phase.RUNNING;
        crew.generator()
                .tell(
                        new GeneratorProtocol.Proceed(
                                timeline.incarnation(),
                                config.plan().nextBarrier(timeline.step()),
                                getContext().getSelf().narrow()));
    }

    private Behavior<Command> onStepReport(StepReport report) {
        heard();
        if (!current(report.incarnation()) || phase == Phase.ENDED) {
            return this;
        }
        latestStep = Math.max(latestStep, report.step());
        leftBehind.heard(report);
        for (Finding finding : monitor.observe(report)) {
            if (!current(report.incarnation())) {
                // The run has gone back already; one cure is for all that the report showed.
                break;
            }
            switch (finding.severity()) {
                case SKIPPED -> healing.noteLocal(finding, "skip");
                case RESCALED -> healing.noteLocal(finding, "rescale");
                case ROLLBACK -> treat(Trouble.of(finding));
            }
        }
        if (!current(report.incarnation()) || phase == Phase.ENDED) {
            return this;
        }
        assembler.add(report).forEach(record::step);
        return this;
    }

    private Behavior<Command> onBarrierReached(SupervisorProtocol.BarrierReached message) {
        heard();
        if (phase == Phase.RUNNING && current(message.incarnation())) {
            assembler.flush().forEach(record::step);
            int discarded = assembler.takeDiscarded();
            if (discarded > 0) {
                record.event("discarded", discarded + " batches since the last barrier");
            }
            timeline.reached(message.step());
            atBarrier();
        }
        return this;
    }

    private void atBarrier() {
        long step = timeline.step();
        if (awaited()) {
            mend();
        } else if (config.plan().evaluateAt(step) && !evaluated(step)) {
            phase = Phase.EVALUATING;
            crew.evaluate(timeline.incarnation(), step, getContext().getSelf().narrow());
        } else {
            checkpointOrProceed();
        }
    }

    /** Whether students wait for a barrier: sick ones, or guests while there are steps left. */
    private boolean awaited() {
        return healing.due()
                || crew.awaited()
                        && !cancelled
                        && timeline.step() < config.plan().schedule().totalSteps();
    }

    /** Restores the students that wait for it; the other roles go on as they are. */
    private void mend() {
        try {
            boolean sick = healing.due();
            Map<Integer, Healing.Patient> patients = healing.take(timeline.step());
            if (sick && stopIfNobodyIsLeft(Optional.empty(), ALL_PUT_ASIDE)) {
                return;
            }
            Map<Integer, Optional<Checkpoint>> newcomers = guests.admit();
            patients.forEach(guests::calibrateAnew);
            timeline.goOn(sick);
            assembler.restart(timeline.step());
            mending = true;
            if (sick) {
                record.event(
                        "mend",
                        patients.isEmpty() ? "without students" : "students " + patients.keySet());
            }
            restore(
                    restorations.alone(
                            crew.withPeers(timeline.restoration(config.runId())),
                            patients,
                            newcomers));
        } catch (CheckpointException e) {
            fail(e.getMessage());
        }
    }

    private Behavior<Command> onEvaluated(SupervisorProtocol.Evaluated message) {
        heard();
        if (phase == Phase.EVALUATING && current(message.incarnation())) {
            record.evaluation(
                    new Evaluation(
                            message.student(),
                            config.plan().epochs(message.step()),
                            message.step(),
                            message.top1()));
            checkpointWhenEvaluated(message.step());
        }
        return this;
    }

    private void checkpointWhenEvaluated(long step) {
        if (evaluated(step)) {
            checkpointOrProceed();
        }
    }

    /** Whether the accuracy after so many steps is known of every student that has one. */
    private boolean evaluated(long step) {
        return crew.every(
                student ->
                        record.top1At(step, student).isPresent()
                                || !roster.hasRanges(student, step));
    }

    private void checkpointOrProceed() {
        if (awaited()) {
            mend();
        } else if (cancelled || config.plan().checkpointAt(timeline.step())) {
            save();
        } else {
            proceed();
        }
    }

    private void save() {
        phase = Phase.SAVING;
        saved.clear();
        try {
            crew.save(
                    timeline.incarnation(),
                    timeline.step(),
                    config.store().begin(timeline.step()).toString(),
                    getContext().getSelf().narrow());
        } catch (CheckpointException e) {
            unsaved(e.getMessage());
        }
    }

    private Behavior<Command> onSaved(SupervisorProtocol.Saved message) {
        heard();
        if (phase == Phase.SAVING && current(message.incarnation()) && takesPart(message.role())) {
            if (message.source().isPresent()) {
                states.fetch(message, timeline.step());
                return this;
            }
            saved.add(message);
            commitWhenSaved();
        }
        return this;
    }

    private void commitWhenSaved() {
        if (saved.size() == crew.savers()) {
            saved.broken()
                    .ifPresentOrElse(
                            this::refuse,
                            () -> saved.problem().ifPresentOrElse(this::unsaved, this::commit));
        }
    }

    private void refuse(RoleId broken) {
        config.store().abandon(timeline.step());
        if (cancelled) {
            finish();
            return;
        }
        treat(
                Trouble.of(
                        broken,
                        Trouble.Kind.STATE,
                        timeline.step(),
                        "its state is not finite at a checkpoint"));
        if (phase != Phase.SAVING) {
            return;
        }
        // Cured alone, or only noted; in neither case is there anything to save.
        if (healing.due() || timeline.step() < config.plan().schedule().totalSteps()) {
            proceed();
        } else {
            fail("the state of the " + HealthMonitor.name(broken) + " is not finite at the end");
        }
    }

    private void commit() {
        try {
            Manifest manifest = saved.manifest(timeline, monitor, config, record, kept, roster);
            Checkpoint checkpoint = config.store().commit(manifest);
            kept.heldBy(checkpoint);
            if (timeline.committed(checkpoint)) {
                healing.gotFurther();
            }
            record.checkpoint(checkpoint);
        } catch (CheckpointException e) {
            unsaved(e.getMessage());
            return;
        }
        patience.saved();
        proceed();
    }

    /** The training goes on without this checkpoint, as long as patience lasts. */
    private void unsaved(String why) {
        config.store().abandon(timeline.step());
        boolean patient = patience.failed();
        record.unsaved(why, patience.failures());
        if (timeline.base().isEmpty()) {
            // Nothing is lost yet, and whoever started it is still there to mend it.
            fail(why);
        } else if (cancelled) {
            finish();
        } else if (!patient) {
            fail(patience.sentence(why));
        } else if (timeline.step() < config.plan().schedule().totalSteps()) {
            proceed();
        } else {
            timers.startSingleTimer(SaveAgain.INSTANCE, patience.retryAfter());
        }
    }

    private Behavior<Command> onSaveAgain() {
        heard();
        if (phase == Phase.SAVING) {
            save();
        }
        return this;
    }

    private void tellPassedOver() {
        config.store().takePassedOver().forEach(why -> record.event("passed-over", why));
    }

    // Trouble.

    private Behavior<Command> onStalled(SupervisorProtocol.Stalled message) {
        heard();
        if (phase == Phase.RUNNING && current(message.incarnation())) {
            treat(
                    Trouble.stall(
                            message.batch(), "no progress, waiting for " + message.waitingFor()));
        }
        return this;
    }

    private Behavior<Command> onTick() {
        if (++silentTicks > STALL_TICKS) {
            boolean gathered = phase != Phase.GATHERING && phase != Phase.ENDED;
            if (phase == Phase.RUNNING || config.patient() && gathered) {
                heard();
                leftBehind.restart();
                treat(Trouble.stall(latestStep, "no role has reported anything"));
            } else if (config.patient() && phase == Phase.GATHERING) {
                heard();
                record.event(
                        "waiting",
                        "for "
                                + config.stallAfter()
                                + " now, for "
                                + crew.missing()
                                + " to come up");
            } else if (!config.patient()
                    && (phase == Phase.GATHERING || phase == Phase.RESTORING)) {
                fail("not all roles came up within " + config.stallAfter());
            }
        } else if (phase == Phase.RUNNING) {
            leftBehind.tick(crew.ownStudents()).ifPresent(this::onLeftBehind);
        }
        return this;
    }

    private void onLeftBehind(int student) {
        treat(
                Trouble.of(
                        RoleId.student(student),
                        Trouble.Kind.STALL,
                        latestStep,
                        "got through no batch for "
                                + config.stallAfter()
                                + " while others went on"));
    }

    /** Answers trouble with the mildest cure that is left. */
    private void treat(Trouble trouble) {
        if (phase == Phase.ENDED) {
            return;
        }
        switch (choose(trouble)) {
            case NONE -> {}
            case ALONE -> pauseIfRunning();
            case TOGETHER -> backFrom(trouble, false);
            case ANEW -> backFrom(trouble, true);
            case STOP -> giveUp(trouble);
        }
    }

    private void backFrom(Trouble trouble, boolean restart) {
        long doubtfulSince = healing.doubtfulSince(trouble);
        back(() -> timeline.back(trouble.step(), doubtfulSince, restart));
    }

    private void giveUp(Trouble trouble) {
        phase = Phase.ENDED;
        end.giveUp(stopReport(trouble));
    }

    private String stopReport(Trouble trouble) {
        String seen =
                "stopped at step "
                        + trouble.step()
                        + " because of the "
                        + trouble.name()
                        + ": "
                        + trouble.reason()
                        + "; ";
        try {
            return seen + healing.report(trouble);
        } catch (CheckpointException e) {
            // Whatever became of the checkpoints must not hide why the run was stopped.
            return seen + e.getMessage();
        }
    }

    /** The course; {@code NONE} once the run has ended. */
    private Healing.Course choose(Trouble trouble) {
        try {
            return healing.choose(trouble, timeline.step());
        } catch (CheckpointException e) {
            fail(e.getMessage());
            return Healing.Course.NONE;
        }
    }

    /** Has every role begin anew at a checkpoint. */
    private void back(Runnable choice) {
        phase = Phase.GATHERING;
        timers.cancel(SaveAgain.INSTANCE);
        if (healing.settle(latestStep) && stopIfNobodyIsLeft(Optional.empty(), ALL_PUT_ASIDE)) {
            return;
        }
        try {
            choice.run();
        } catch (CheckpointException e) {
            fail(e.getMessage());
            return;
        }
        tellPassedOver();
        guests.back();
        latestStep = timeline.step();
        monitor.backTo(timeline.step(), histories(timeline.base()));
        assembler.restart(timeline.step());
        record.backTo(timeline.step());
        record.event(
                "back",
                timeline.base().map(base -> base.directory().toString()).orElse("to the start"));
        if (cancelled) {
            finish();
            return;
        }
        gather();
    }

    private static Map<String, List<Double>> histories(Optional<Checkpoint> base) {
        return base.map(checkpoint -> checkpoint.manifest().histories()).orElse(Map.of());
    }

    private boolean current(int messageIncarnation) {
        return messageIncarnation == timeline.incarnation();
    }

    private void heard() {
        silentTicks = 0;
    }

    // The end.

    private Behavior<Command> onCancel(SupervisorProtocol.Cancel message) {
        if (phase != Phase.ENDED && !cancelled) {
            cancelled = true;
            record.event("cancel", message.reason());
            pauseIfRunning();
            if (phase == Phase.GATHERING) {
                finish();
            }
        }
        return this;
    }

    private void finish() {
        phase = Phase.ENDED;
        end.finish(timeline.base());
    }

    private void fail(String sentence) {
        phase = Phase.ENDED;
        end.fail(sentence);
    }

    private Behavior<Command> onPostStop() {
        phase = Phase.ENDED;
        end.lose();
        return this;
    }
}
