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
import io.aktnode.actors.data.Frame;
import io.aktnode.actors.data.RoleEnvironment;
import io.aktnode.actors.data.RoleLink;
import io.aktnode.actors.data.StateExchange;
import io.aktnode.actors.data.StopWatch;
import io.aktnode.actors.generator.FlightWindow.Arrival;
import io.aktnode.nn.kernel.Backend;
import io.aktnode.nn.train.GeneratorRole;
import io.aktnode.nn.train.SyntheticBatch;
import io.aktnode.protocol.control.GateState;
import io.aktnode.protocol.control.GeneratorProtocol;
import io.aktnode.protocol.control.GeneratorProtocol.Command;
import io.aktnode.protocol.control.Restoration;
import io.aktnode.protocol.control.RoleState;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.Role;
import io.aktnode.protocol.frame.RoleId;
import java.util.List;
import java.util.Map;
import java.util.Optional;
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

    /** The state to begin with is here, or why not. */
    private record StateArrived(GeneratorProtocol.Restore restore, Optional<String> problem)
            implements Command, NoSerializationVerificationNeeded {}

    private enum Tick implements Command {
        INSTANCE
    }

    private final TimerScheduler<Command> timers;
    private final RoleEnvironment environment;
    private final GeneratorSettings settings;
    private final Supplier<GeneratorRole> maker;
    private final RoleLink link;
    private final StateExchange states;
    private final FlightSender frames;
    private final FlightWindow flights;
    private final Partners partners;
    private final Silence silence;
    private final GatedUpdates updates;
    private GeneratorRole role;

    private ActorRef<SupervisorProtocol.BarrierReached> atBarrier;

    private long nextStep;
    private long untilStep;

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
        this.updates = new GatedUpdates(flights, settings);
        int places = environment.places();
        this.link =
                new RoleLink(
                        RoleId.GENERATOR,
                        environment.ports(),
                        Map.of(FrameKind.LOGITS, places, FrameKind.INPUT_GRADIENTS, places),
                        header -> context.getSelf().tell(new FrameLanded(header)));
        this.frames = new FlightSender(link);
        this.partners = new Partners(link);
        this.silence = new Silence(settings.resends());
        this.states = new StateExchange(context, link.self());
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
                .onMessage(StateArrived.class, this::onStateArrived)
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
        partners.begin(message.teachers(), message.students());
        nextStep = restoration.step();
        untilStep = nextStep;
        silence.restart();
        if (restoration.fresh()) {
            role.close();
            role = maker.get();
            updates.restore(GateState.initial());
            Backend.reclaim();
        }
        ActorRef<Command> self = getContext().getSelf();
        states.bring(restoration.state(), problem -> self.tell(new StateArrived(message, problem)));
        return this;
    }

    private Behavior<Command> onStateArrived(StateArrived message) {
        GeneratorProtocol.Restore restore = message.restore();
        Optional<RoleState> saved = restore.restoration().state();
        if (link.current(restore.restoration().incarnation())) {
            if (saved.isPresent()) {
                role.restore(states.take(saved.get(), message.problem()));
                updates.restore(saved.get().gate());
            }
            if (restore.noiseEpoch() > 0) {
                role.noiseEpoch(restore.noiseEpoch());
            }
            restore.replyTo()
                    .tell(new SupervisorProtocol.Restored(link.self(), link.incarnation()));
        }
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
            partners.teachers(message.teachers());
            link.connect(message.peers());
            for (Flight flight : flights.all()) {
                if (!partners.hasTeacher(flight.teacher)) {
                    flight.teacher = partners.turns().of(flight.batch);
                    frames.handOver(flight);
                }
            }
        }
        return this;
    }

    private Behavior<Command> onStudents(GeneratorProtocol.Students message) {
        if (link.current(message.incarnation())) {
            partners.keepStudents(message.students());
            flights.keepOnly(message.students());
            advance();
        }
        return this;
    }

    private Behavior<Command> onFrameLanded(FrameLanded message) {
        link.claim(message.header()).ifPresent(this::onFrame);
        return this;
    }

    private void onFrame(Frame frame) {
        FrameHeader header = frame.header();
        boolean logits = header.kind() == FrameKind.LOGITS;
        Arrival arrival = logits ? flights.addLogits(frame) : flights.addGradient(frame);
        if (arrival == Arrival.TAKEN) {
            silence.broken();
        } else if (logits) {
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
            partners.leaveOut(header.sender().instance(), batch);
        }
    }

    private void onUselessLogits(int teacher, long batch) {
        Flight flight = flights.get(batch);
        if (flight == null || flight.teacherGradient != null || flight.teacher != teacher) {
            partners.abandon(teacher, batch);
        } else if (flight.asked != null) {
            frames.askTeacher(flight);
        }
    }

    private Behavior<Command> onBatchFinished(GeneratorProtocol.BatchFinished message) {
        if (link.current(message.incarnation())) {
            silence.broken();
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
        updates.learn(role);
        for (Flight over = flights.pollOver(); over != null; over = flights.pollOver()) {
            if (partners.turns().served(over.teacher)) {
                getContext().getLog().info("teacher {} is heard again", over.teacher);
            }
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
        Flight flight =
                new Flight(
                        step,
                        images,
                        flights.seats(),
                        partners.turns().of(step),
                        updates.applied(),
                        watch);
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

    private void report(Flight flight) {
        environment.supervisor().tell(flight.report(link.self(), link.incarnation()));
    }

    private Behavior<Command> onTick() {
        switch (silence.tick(flights)) {
            case WAIT -> {}
            case SEND_AGAIN -> sendAgain();
            case SEND_TO_OTHERS -> {
                if (flights.oldest().needsTeacher()) {
                    passOver(flights.oldest());
                }
                sendAgain();
            }
            case GIVE_UP -> giveUp(flights.oldest());
        }
        return this;
    }

    /**
     * Has other teachers, if there are any, do what the one of a batch has not done. All wait for
     * the oldest batch: its teacher is the silent one.
     *
     * @return the batches that now are theirs
     */
    private List<Flight> passOver(Flight oldest) {
        int silent = oldest.teacher;
        if (partners.turns().insteadOf(silent, oldest.batch).isEmpty()) {
            return List.of();
        }
        long batches = partners.turns().passOver(silent, oldest.batch);
        getContext()
                .getLog()
                .warn(
                        "teacher {} did not get through batch {}; the next {} go to others",
                        silent,
                        oldest.batch,
                        batches);
        List<Flight> handedOver =
                flights.all().stream()
                        .filter(flight -> flight.teacher == silent && flight.needsTeacher())
                        .toList();
        for (Flight flight : handedOver) {
            partners.abandon(silent, flight.batch);
            flight.teacher = partners.turns().insteadOf(silent, flight.batch).getAsInt();
        }
        return handedOver;
    }

    /** In lockstep no batch may be left out. */
    private void giveUp(Flight oldest) {
        // If a student waits for what its teacher knew, nobody else can be asked for it any more.
        passOver(oldest).forEach(frames::handOver);
        if (flights.lockstep()) {
            environment
                    .supervisor()
                    .tell(
                            new SupervisorProtocol.Stalled(
                                    link.incarnation(), oldest.batch, flights.missing(oldest)));
        } else {
            abandon(oldest, "nothing came of " + flights.missing(oldest));
            advance();
        }
    }

    /**
     * To a receiver that is gone each frame waits in vain for as long as a send may. The ticks that
     * come meanwhile must not be made up for: whoever mends the run would have to wait for it.
     */
    private void sendAgain() {
        Flight oldest = flights.oldest();
        getContext()
                .getLog()
                .info(
                        "batch {} waits for {}; sending again",
                        oldest.batch,
                        flights.missing(oldest));
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
        updates.discard(role, flight, why);
        partners.abandon(flight);
        report(flight);
    }

    private Behavior<Command> onSave(GeneratorProtocol.Save message) {
        if (link.current(message.incarnation())) {
            message.replyTo()
                    .tell(
                            states.save(
                                    link.incarnation(),
                                    message.step(),
                                    message.directory(),
                                    role.save(),
                                    updates.gate()));
        }
        return this;
    }

    private Behavior<Command> close() {
        states.close();
        link.close();
        role.close();
        return this;
    }
}
