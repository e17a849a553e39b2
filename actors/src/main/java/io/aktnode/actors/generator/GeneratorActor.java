package io.aktnode.actors.generator;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.PreRestart;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import akka.actor.typed.javadsl.TimerScheduler;
import io.aktnode.actors.checkpoint.StateFiles;
import io.aktnode.actors.data.Frame;
import io.aktnode.actors.data.RoleEnvironment;
import io.aktnode.actors.data.RoleLink;
import io.aktnode.actors.data.StopWatch;
import io.aktnode.actors.generator.FlightWindow.Arrival;
import io.aktnode.actors.policy.SpikeGate;
import io.aktnode.nn.train.GeneratorRole;
import io.aktnode.nn.train.GradientReport;
import io.aktnode.nn.train.SyntheticBatch;
import io.aktnode.nn.train.UpdateGate;
import io.aktnode.protocol.control.GeneratorProtocol;
import io.aktnode.protocol.control.GeneratorProtocol.Command;
import io.aktnode.protocol.control.Restoration;
import io.aktnode.protocol.control.StudentProtocol;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.control.TeacherProtocol;
import io.aktnode.protocol.control.UpdateDecision;
import io.aktnode.protocol.control.UpdateReport;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.Role;
import io.aktnode.protocol.frame.RoleId;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * The clock of a run: draws batches while the window has credit, gathers logits, sends out
 * gradients for them, learns from the gradients that come back.
 *
 * <p>With a window of 1 a batch is over when every role has finished it, so the order of all
 * updates is that of the plain loop. With a larger one it is over when the generator has learned
 * from it and the fastest student has finished it; slower ones are left out, not waited for. The
 * generator alone watches for silence and sends again what a role may have missed; roles answer a
 * repeated question with what they answered before. All work happens on the role's pinned thread.
 */
public final class GeneratorActor extends AbstractBehavior<Command> {

    private record FrameLanded(FrameHeader header)
            implements Command, NoSerializationVerificationNeeded {}

    private enum Tick implements Command {
        INSTANCE
    }

    /** Silent ticks after which a student is no longer waited for when its images are gone. */
    private static final int PATIENCE_AFTER_UPDATE = 3;

    private final TimerScheduler<Command> timers;
    private final RoleEnvironment environment;
    private final GeneratorSettings settings;
    private final Supplier<GeneratorRole> maker;
    private final RoleLink link;
    private final FlightSender frames;
    private final FlightWindow flights;
    private GeneratorRole role;
    private SpikeGate gate;

    /** Those alive, by instance; a batch is answered by one of them. */
    private TreeMap<Integer, ActorRef<TeacherProtocol.Request>> teachers = new TreeMap<>();

    private Map<Integer, ActorRef<StudentProtocol.Request>> students = Map.of();
    private ActorRef<SupervisorProtocol.BarrierReached> atBarrier;

    private long nextStep;
    private long untilStep;
    private long updates;
    private boolean progressed;
    private int silentTicks;

    /**
     * @param maker called on the actor's thread, at the start and for each restart
     */
    public static Behavior<Command> create(
            RoleEnvironment environment,
            GeneratorSettings settings,
            Supplier<GeneratorRole> maker) {
        return Behaviors.setup(
                context ->
                        Behaviors.withTimers(
                                timers ->
                                        new GeneratorActor(
                                                context, timers, environment, settings, maker)));
    }

    private GeneratorActor(
            ActorContext<Command> context,
            TimerScheduler<Command> timers,
            RoleEnvironment environment,
            GeneratorSettings settings,
            Supplier<GeneratorRole> maker) {
        super(context);
        this.timers = timers;
        this.environment = environment;
        this.settings = settings;
        this.maker = maker;
        this.flights = new FlightWindow(environment.window(), settings.readsStudents());
        this.gate = new SpikeGate(settings.gate());
        int places = environment.places();
        this.link =
                new RoleLink(
                        RoleId.GENERATOR,
                        environment.ports(),
                        Map.of(FrameKind.LOGITS, places, FrameKind.INPUT_GRADIENTS, places),
                        header -> context.getSelf().tell(new FrameLanded(header)));
        this.frames = new FlightSender(link);
        this.role = link.closeUnless(maker);
        startTicking();
        link.announce(
                context.getSystem(),
                environment.supervisor(),
                new SupervisorProtocol.GeneratorUp(context.getSelf().narrow(), link.address()));
    }

    /** Ticks of before that have not been handled never will be. */
    private void startTicking() {
        timers.startTimerWithFixedDelay(Tick.INSTANCE, settings.resendAfter());
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(GeneratorProtocol.Restore.class, this::onRestore)
                .onMessage(GeneratorProtocol.Proceed.class, this::onProceed)
                .onMessage(GeneratorProtocol.Pause.class, this::onPause)
                .onMessage(GeneratorProtocol.Teachers.class, this::onTeachers)
                .onMessage(GeneratorProtocol.Students.class, this::onStudents)
                .onMessage(GeneratorProtocol.Save.class, this::onSave)
                .onMessage(GeneratorProtocol.BatchFinished.class, this::onBatchFinished)
                .onMessage(FrameLanded.class, this::onFrameLanded)
                .onMessageEquals(Tick.INSTANCE, this::onTick)
                .onSignal(PreRestart.class, signal -> close())
                .onSignal(PostStop.class, signal -> close())
                .build();
    }

    private Behavior<Command> onRestore(GeneratorProtocol.Restore message) {
        Restoration restoration = message.restoration();
        link.begin(restoration);
        flights.all().stream()
                .filter(flight -> !flight.updated)
                .forEach(flight -> role.discard(flight.batch));
        flights.restart(restoration.step(), message.students().keySet(), message.readFrom());
        atBarrier = null;
        teachers = new TreeMap<>(message.teachers());
        students = message.students();
        nextStep = restoration.step();
        untilStep = nextStep;
        silentTicks = 0;
        if (restoration.fresh()) {
            role.close();
            role = maker.get();
        }
        restoration
                .state()
                .ifPresent(
                        state -> {
                            role.restore(StateFiles.read(Path.of(state.file())));
                            gate = new SpikeGate(settings.gate(), state.gate());
                        });
        if (message.noiseEpoch() > 0) {
            role.noiseEpoch(message.noiseEpoch());
        }
        message.replyTo().tell(new SupervisorProtocol.Restored(link.self(), link.incarnation()));
        return this;
    }

    private Behavior<Command> onProceed(GeneratorProtocol.Proceed message) {
        if (link.current(message.incarnation())) {
            untilStep = message.untilStep();
            atBarrier = message.replyTo();
            advance();
        }
        return this;
    }

    private Behavior<Command> onPause(GeneratorProtocol.Pause message) {
        if (link.current(message.incarnation())) {
            untilStep = Math.min(untilStep, nextStep);
            advance();
        }
        return this;
    }

    /** Answers do not depend on who gives them: nothing needs to begin anew. */
    private Behavior<Command> onTeachers(GeneratorProtocol.Teachers message) {
        if (link.current(message.incarnation())) {
            teachers = new TreeMap<>(message.teachers());
            link.connect(message.peers());
            for (Flight flight : flights.all()) {
                if (!teachers.containsKey(flight.teacher)) {
                    flight.teacher = teacherOf(flight.batch);
                    frames.handOver(flight);
                }
            }
        }
        return this;
    }

    private Behavior<Command> onStudents(GeneratorProtocol.Students message) {
        if (link.current(message.incarnation())) {
            students = new TreeMap<>(students);
            students.keySet().retainAll(message.students());
            flights.keepOnly(message.students());
            advance();
        }
        return this;
    }

    private int teacherOf(long batch) {
        return List.copyOf(teachers.keySet()).get((int) (batch % teachers.size()));
    }

    private Behavior<Command> onFrameLanded(FrameLanded message) {
        link.claim(message.header()).ifPresent(this::onFrame);
        return this;
    }

    private void onFrame(Frame frame) {
        FrameHeader header = frame.header();
        boolean logits = header.kind() == FrameKind.LOGITS;
        Arrival arrival = logits ? flights.addLogits(frame) : flights.addGradient(frame);
        progressed |= arrival == Arrival.TAKEN;
        if (logits && arrival != Arrival.TAKEN) {
            onUselessLogits(header, arrival);
        }
        advance();
    }

    /** Whoever sent them waits for an answer. */
    private void onUselessLogits(FrameHeader header, Arrival arrival) {
        long batch = header.batchId();
        if (header.sender().role() == Role.TEACHER) {
            onUselessLogits(header.sender().instance(), batch);
        } else if (arrival == Arrival.LATE) {
            leaveOut(header.sender().instance(), batch);
        }
    }

    private void onUselessLogits(int teacher, long batch) {
        Flight flight = flights.get(batch);
        if (flight == null || flight.teacherGradient != null || flight.teacher != teacher) {
            abandon(teacher, batch);
        } else if (flight.asked != null) {
            frames.askTeacher(flight);
        }
    }

    /** Does nothing for a student that is gone. */
    private void leaveOut(int student, long batch) {
        if (students.containsKey(student)) {
            students.get(student).tell(new StudentProtocol.LeaveOut(link.incarnation(), batch));
        }
    }

    /** Does nothing for a teacher that is gone. */
    private void abandon(int teacher, long batch) {
        if (teachers.containsKey(teacher)) {
            teachers.get(teacher).tell(new TeacherProtocol.Abandon(link.incarnation(), batch));
        }
    }

    private Behavior<Command> onBatchFinished(GeneratorProtocol.BatchFinished message) {
        if (link.current(message.incarnation())) {
            progressed = true;
            if (!flights.finished(message.student(), message.batch(), message.answered())) {
                abandon(flights.get(message.batch()), "a student did not answer");
            }
            advance();
        }
        return this;
    }

    /** Does whatever can be done now, oldest batch first. */
    private void advance() {
        for (Flight flight : flights.all()) {
            if (flight.broken()) {
                abandon(flight, "a student's gradients were lost");
            } else if (flight.asked == null && flights.hasLogits(flight)) {
                ask(flight);
            }
        }
        learn();
        for (Flight over = flights.pollOver(); over != null; over = flights.pollOver()) {
            report(over);
        }
        while (flights.hasCredit() && nextStep < untilStep) {
            draw();
        }
        if (atBarrier != null && flights.isEmpty() && nextStep == untilStep) {
            ActorRef<SupervisorProtocol.BarrierReached> replyTo = atBarrier;
            atBarrier = null;
            replyTo.tell(new SupervisorProtocol.BarrierReached(link.incarnation(), nextStep));
        }
    }

    private void draw() {
        long step = nextStep++;
        StopWatch watch = new StopWatch(environment.nanoClock());
        SyntheticBatch images = watch.time(() -> role.generate(step));
        Flight flight = new Flight(step, images, flights.seats(), teacherOf(step), updates, watch);
        flights.add(flight);
        frames.sendImages(flight);
    }

    private void ask(Flight flight) {
        if (settings.readsStudents() && flight.studentLogits().isEmpty()) {
            abandon(flight, "no student has its logits");
            return;
        }
        flight.asked =
                flight.watch.time(
                        () ->
                                role.logitGradients(
                                        flight.batch,
                                        flight.teacherLogits.tensor(0),
                                        flight.studentLogits()));
        frames.sendLogitGradients(flight);
    }

    /** Judges and updates in the order of the steps, whatever the order of arrival. */
    private void learn() {
        for (Flight flight : flights.all()) {
            if (flight.updated) {
                continue;
            }
            if (!flight.judged()) {
                if (flight.asked == null || !flight.hasGradients()) {
                    return;
                }
                judge(flight);
            }
            // In lockstep the images stay valid, to be sent again, until all have finished.
            if (flights.lockstep() && !flight.finishedByAll()) {
                return;
            }
            update(flight);
        }
    }

    private void judge(Flight flight) {
        GradientReport report =
                flight.watch.time(
                        () ->
                                role.gradients(
                                        flight.batch,
                                        flight.inputGradients(),
                                        flight.teacherGradient.header().scalar()));
        flight.judge(report, gate, settings.schedule().learningRateFactor(flight.batch));
    }

    private void update(Flight flight) {
        flight.updated = true;
        flight.staleness = updates - flight.updatesBefore;
        if (flight.scale == UpdateGate.SKIP) {
            role.discard(flight.batch);
            return;
        }
        flight.watch.run(() -> role.apply(flight.batch, flight.scale, flight.learningRateFactor));
        updates++;
    }

    private void report(Flight flight) {
        environment.supervisor().tell(flight.report(link.self(), link.incarnation()));
    }

    private Behavior<Command> onTick() {
        if (flights.isEmpty() || progressed) {
            progressed = false;
            silentTicks = 0;
            return this;
        }
        silentTicks++;
        Flight oldest = flights.oldest();
        String missing = oldest.missing(settings.readsStudents());
        int patience =
                oldest.updated
                        ? Math.min(PATIENCE_AFTER_UPDATE, settings.resends())
                        : settings.resends();
        if (silentTicks <= patience) {
            getContext()
                    .getLog()
                    .info("batch {} waits for {}; sending again", oldest.batch, missing);
            sendAgain();
            return this;
        }
        silentTicks = 0;
        if (flights.lockstep()) {
            environment
                    .supervisor()
                    .tell(
                            new SupervisorProtocol.Stalled(
                                    link.incarnation(), oldest.batch, missing));
        } else {
            abandon(oldest, "nothing came of " + missing);
            advance();
        }
        return this;
    }

    /**
     * To a receiver that is gone each frame waits in vain for as long as a send may. The ticks that
     * come meanwhile must not be made up for: whoever mends the run would have to wait for it.
     */
    private void sendAgain() {
        long began = environment.nanoClock().getAsLong();
        flights.all().forEach(frames::sendAgain);
        if (environment.nanoClock().getAsLong() - began > settings.resendAfter().toNanos()) {
            startTicking();
        }
    }

    /** Gives a batch up so that the others get on. */
    private void abandon(Flight flight, String why) {
        getContext().getLog().debug("batch {} is given up: {}", flight.batch, why);
        flights.remove(flight);
        if (!flight.updated) {
            role.discard(flight.batch);
            flight.staleness = updates - flight.updatesBefore;
            flight.update = UpdateReport.without(UpdateDecision.DISCARDED, why);
        }
        abandon(flight.teacher, flight.batch);
        students.values()
                .forEach(
                        student ->
                                student.tell(
                                        new StudentProtocol.Abandon(
                                                link.incarnation(), flight.batch)));
        report(flight);
    }

    private Behavior<Command> onSave(GeneratorProtocol.Save message) {
        if (link.current(message.incarnation())) {
            message.replyTo()
                    .tell(
                            link.save(
                                    message.step(),
                                    message.directory(),
                                    role.save(),
                                    gate.state()));
        }
        return this;
    }

    private Behavior<Command> close() {
        link.close();
        role.close();
        return this;
    }
}
