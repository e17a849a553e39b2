package io.aktnode.actors.student;

import akka.actor.NoSerializationVerificationNeeded;
import akka.actor.typed.ActorRef;
import akka.actor.typed.Behavior;
import akka.actor.typed.PostStop;
import akka.actor.typed.PreRestart;
import akka.actor.typed.javadsl.AbstractBehavior;
import akka.actor.typed.javadsl.ActorContext;
import akka.actor.typed.javadsl.Behaviors;
import akka.actor.typed.javadsl.Receive;
import io.aktnode.actors.data.Frame;
import io.aktnode.actors.data.RoleEnvironment;
import io.aktnode.actors.data.RoleLink;
import io.aktnode.actors.data.StateExchange;
import io.aktnode.actors.data.StopWatch;
import io.aktnode.actors.teacher.KnowledgeFrame;
import io.aktnode.nn.kernel.Backend;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.train.GradientReport;
import io.aktnode.nn.train.StudentRole;
import io.aktnode.protocol.control.GateState;
import io.aktnode.protocol.control.GeneratorProtocol;
import io.aktnode.protocol.control.Restoration;
import io.aktnode.protocol.control.StepReport;
import io.aktnode.protocol.control.StudentProtocol;
import io.aktnode.protocol.control.StudentProtocol.Command;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.control.UpdateDecision;
import io.aktnode.protocol.control.UpdateReport;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.RoleId;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Trains one quantized network. A batch goes forward; if the generator reads this student, its
 * gradients for the logits are answered; then, with the teacher's knowledge, the student learns. A
 * gate judges every update before it is applied. All work happens on the role's pinned thread.
 */
public final class StudentActor extends AbstractBehavior<Command> {

    private record FrameLanded(FrameHeader header)
            implements Command, NoSerializationVerificationNeeded {}

    /** The state to begin with is here, or why not. */
    private record StateArrived(StudentProtocol.Restore restore, Optional<String> problem)
            implements Command, NoSerializationVerificationNeeded {}

    private final RoleEnvironment environment;
    private final StudentConfig config;
    private final Supplier<StudentRole> maker;
    private final RoleLink link;
    private final StateExchange states;
    private final BatchQueue queue;
    private final KnowledgeBuffer knowledge;
    private final StopWatch watch;
    private final GatedUpdate update;
    private StudentRole role;
    private ActorRef<GeneratorProtocol.Request> generator;

    /** The last batch that went forward; its answers are kept until the next one does. */
    private long batch = -1;

    private boolean over = true;
    private boolean generatorServed;
    private Frame images;
    private Tensor logits;
    private Tensor inputGradient;
    private double reach;
    private long skippedBatches;
    private long trainsFrom;
    private long readFrom;

    /**
     * @param maker called on the actor's thread, at the start and for each restart
     */
    public static Behavior<Command> create(
            RoleEnvironment environment, StudentConfig config, Supplier<StudentRole> maker) {
        return Behaviors.setup(context -> new StudentActor(context, environment, config, maker));
    }

    private StudentActor(
            ActorContext<Command> context,
            RoleEnvironment environment,
            StudentConfig config,
            Supplier<StudentRole> maker) {
        super(context);
        this.environment = environment;
        this.config = config;
        this.maker = maker;
        this.update = new GatedUpdate(config);
        // One place must stay free for what lands next, one is the batch at work.
        this.queue = new BatchQueue(environment.window(), environment.places() - 2);
        this.watch = new StopWatch(environment.nanoClock());
        int places = environment.places();
        this.knowledge = new KnowledgeBuffer(places);
        this.link =
                new RoleLink(
                        RoleId.student(config.id()),
                        environment.ports(),
                        Map.of(
                                FrameKind.SYNTHETIC_BATCH, places,
                                FrameKind.TEACHER_KNOWLEDGE, places,
                                FrameKind.LOGIT_GRADIENTS, places),
                        header -> context.getSelf().tell(new FrameLanded(header)));
        this.states = new StateExchange(context, link.self());
        this.role = link.closeUnless(maker);
        link.announce(
                context.getSystem(),
                environment.supervisor(),
                new SupervisorProtocol.StudentUp(
                        config.id(),
                        config.guestBits(),
                        context.getSelf().narrow(),
                        link.address()));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(StudentProtocol.Restore.class, this::onRestore)
                .onMessage(StateArrived.class, this::onStateArrived)
                .onMessage(StudentProtocol.Save.class, this::onSave)
                .onMessage(StudentProtocol.Evaluate.class, this::onEvaluate)
                .onMessage(StudentProtocol.Abandon.class, this::onAbandon)
                .onMessage(StudentProtocol.LeaveOut.class, this::onLeaveOut)
                .onMessage(StudentProtocol.Retire.class, this::onRetire)
                .onMessage(FrameLanded.class, this::onFrameLanded)
                .onSignal(PreRestart.class, signal -> close())
                .onSignal(PostStop.class, signal -> close())
                .build();
    }

    private Behavior<Command> onRestore(StudentProtocol.Restore message) {
        Restoration restoration = message.restoration();
        link.begin(restoration);
        queue.clear();
        knowledge.clear();
        endPass();
        batch = restoration.step() - 1;
        skippedBatches = 0;
        trainsFrom = message.trainsFrom();
        readFrom = message.readFrom();
        generator = message.generator();
        if (restoration.fresh()) {
            role.close();
            role = maker.get();
            update.restore(GateState.initial());
            Backend.reclaim();
        }
        ActorRef<Command> self = getContext().getSelf();
        states.bring(restoration.state(), problem -> self.tell(new StateArrived(message, problem)));
        return this;
    }

    private Behavior<Command> onStateArrived(StateArrived message) {
        Restoration restoration = message.restore().restoration();
        if (link.current(restoration.incarnation())) {
            restoration
                    .state()
                    .ifPresent(
                            saved -> {
                                role.restore(states.take(saved, message.problem()));
                                update.restore(saved.gate());
                            });
            message.restore()
                    .replyTo()
                    .tell(new SupervisorProtocol.Restored(link.self(), link.incarnation()));
        }
        return this;
    }

    private Behavior<Command> onFrameLanded(FrameLanded message) {
        link.claim(message.header())
                .ifPresent(
                        frame -> {
                            switch (frame.header().kind()) {
                                case SYNTHETIC_BATCH -> onImages(frame);
                                case TEACHER_KNOWLEDGE -> onKnowledge(frame);
                                default -> onLogitGradients(frame);
                            }
                        });
        return this;
    }

    private void onImages(Frame frame) {
        if (frame.batch() > batch) {
            queue.add(frame);
            if (!over && queue.superseded(batch)) {
                // What this batch still waits for is not coming.
                giveUp();
            }
            next();
            return;
        }
        if (frame.batch() == batch && over) {
            tellFinished();
        } else if (frame.batch() == batch && readByGenerator()) {
            sendLogits();
        }
        frame.release();
    }

    private void next() {
        while (over) {
            Frame frame = queue.next(batch);
            if (frame == null) {
                return;
            }
            endPass();
            skippedBatches += frame.batch() - batch - 1;
            images = frame;
            batch = frame.batch();
            over = false;
            generatorServed = !readByGenerator();
            knowledge.dropBefore(batch);
            watch.reset();
            logits = watch.time(() -> role.forward(images.tensor(0), calibrating()));
            // The backward passes overwrite what it is measured on.
            reach = calibrating() ? Double.NaN : watch.time(role::activationReach);
            if (readByGenerator()) {
                sendLogits();
            }
            advance();
        }
    }

    private boolean calibrating() {
        return batch < trainsFrom;
    }

    private boolean readByGenerator() {
        return config.readByGenerator() && batch >= readFrom;
    }

    private void sendLogits() {
        link.send(RoleId.GENERATOR, FrameKind.LOGITS, batch, List.of(logits));
    }

    private void onKnowledge(Frame frame) {
        if (frame.batch() > batch || frame.batch() == batch && !over) {
            knowledge.add(frame);
            advance();
            next();
        } else {
            frame.release();
        }
    }

    private void onLogitGradients(Frame frame) {
        if (frame.batch() == batch && inputGradient != null) {
            sendInputGradient();
        } else if (frame.batch() == batch && !over && !generatorServed) {
            inputGradient = watch.time(() -> role.inputGradient(frame.tensor(0)));
            sendInputGradient();
            generatorServed = true;
            advance();
        }
        frame.release();
        next();
    }

    private void sendInputGradient() {
        link.send(RoleId.GENERATOR, FrameKind.INPUT_GRADIENTS, batch, List.of(inputGradient));
    }

    /** Learns from the batch once the generator is served and the teacher's knowledge is here. */
    private void advance() {
        if (over || !generatorServed) {
            return;
        }
        if (calibrating()) {
            finish(Map.of(), Map.of(), UpdateReport.without(UpdateDecision.NONE, ""));
        } else if (knowledge.has(batch)) {
            learn(knowledge.get(batch));
        }
    }

    private void learn(Frame said) {
        GradientReport report =
                watch.time(() -> role.gradients(images.tensor(1), KnowledgeFrame.read(said)));
        double normLimit = update.normLimit();
        UpdateReport done = watch.time(() -> update.apply(role, batch, report));
        finish(
                report.losses(),
                Map.of(StepReport.ACTIVATION_REACH, reach, StepReport.NORM_LIMIT, normLimit),
                done);
    }

    private void finish(
            Map<String, Double> losses, Map<String, Double> measures, UpdateReport done) {
        over = true;
        Map<String, Double> allMeasures = new HashMap<>(measures);
        allMeasures.put(StepReport.SKIPPED_BATCHES, (double) skippedBatches);
        knowledge.dropBefore(batch + 1);
        environment
                .supervisor()
                .tell(
                        new StepReport(
                                link.self(),
                                link.incarnation(),
                                batch,
                                losses,
                                allMeasures,
                                done,
                                watch.computeSeconds(),
                                watch.waitSeconds()));
        tellFinished();
    }

    private void tellFinished() {
        generator.tell(
                new GeneratorProtocol.BatchFinished(
                        link.incarnation(), batch, config.id(), inputGradient != null));
    }

    private void giveUp() {
        skippedBatches++;
        finish(
                Map.of(),
                Map.of(),
                UpdateReport.without(UpdateDecision.DISCARDED, "the generator has moved on"));
    }

    private Behavior<Command> onAbandon(StudentProtocol.Abandon message) {
        if (link.current(message.incarnation())) {
            queue.remove(message.batch());
            if (message.batch() == batch && !over) {
                giveUp();
            }
            next();
        }
        return this;
    }

    private Behavior<Command> onLeaveOut(StudentProtocol.LeaveOut message) {
        if (link.current(message.incarnation()) && message.batch() == batch && !over) {
            generatorServed = true;
            advance();
            next();
        }
        return this;
    }

    private Behavior<Command> onSave(StudentProtocol.Save message) {
        if (link.current(message.incarnation())) {
            endAtBarrier();
            message.replyTo()
                    .tell(
                            states.save(
                                    link.incarnation(),
                                    message.step(),
                                    message.directory(),
                                    role.save(),
                                    update.gate()));
        }
        return this;
    }

    private Behavior<Command> onEvaluate(StudentProtocol.Evaluate message) {
        if (link.current(message.incarnation())) {
            // The network that is measured must not have half a batch in it.
            endAtBarrier();
            double top1 = config.evaluation().map(role::evaluate).orElse(Double.NaN);
            message.replyTo()
                    .tell(
                            new SupervisorProtocol.Evaluated(
                                    config.id(), link.incarnation(), message.step(), top1));
        }
        return this;
    }

    /** Only a student that is behind still has a batch at a barrier. */
    private void endAtBarrier() {
        if (!over) {
            giveUp();
        }
        queue.clear();
    }

    /** Stays, so that no other process is asked to bear what is wanted no more. */
    private Behavior<Command> onRetire(StudentProtocol.Retire message) {
        getContext().getLog().warn("{} takes no part any more: {}", link.self(), message.reason());
        close();
        return Behaviors.ignore();
    }

    private void endPass() {
        Frame.releaseAny(images);
        images = null;
        logits = null;
        inputGradient = null;
        over = true;
    }

    private Behavior<Command> close() {
        states.close();
        link.close();
        role.close();
        return this;
    }
}
