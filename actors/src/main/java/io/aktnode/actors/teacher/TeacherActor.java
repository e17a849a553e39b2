package io.aktnode.actors.teacher;

import akka.actor.NoSerializationVerificationNeeded;
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
import io.aktnode.actors.data.StopWatch;
import io.aktnode.nn.kernel.Backend;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.train.TeacherKnowledge;
import io.aktnode.nn.train.TeacherRole;
import io.aktnode.protocol.control.StepReport;
import io.aktnode.protocol.control.SupervisorProtocol;
import io.aktnode.protocol.control.TeacherProtocol;
import io.aktnode.protocol.control.TeacherProtocol.Command;
import io.aktnode.protocol.control.UpdateDecision;
import io.aktnode.protocol.control.UpdateReport;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.RoleId;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.TreeMap;
import java.util.function.Supplier;

/**
 * Serves batches in order: answers images with logits and knowledge, then gradients for the logits
 * with gradients for the images. It holds one pass at a time; the answers of the last one are sent
 * again when the generator asks again. Its networks are frozen, so that of several teachers any may
 * answer a batch. All work happens on the role's pinned thread.
 */
public final class TeacherActor extends AbstractBehavior<Command> {

    private record FrameLanded(FrameHeader header)
            implements Command, NoSerializationVerificationNeeded {}

    private final RoleEnvironment environment;
    private final Supplier<TeacherRole> maker;
    private final RoleLink link;
    private final TreeMap<Long, Frame> queue = new TreeMap<>();
    private final StopWatch watch;
    private TeacherRole role;
    private List<RoleId> students = List.of();

    private long batch = -1;
    private Frame images;
    private TeacherKnowledge knowledge;
    private Tensor inputGradient;
    private boolean over = true;

    /**
     * @param instance which of the teachers this is
     * @param maker called on the actor's thread, at the start and for each restart
     */
    public static Behavior<Command> create(
            RoleEnvironment environment, int instance, Supplier<TeacherRole> maker) {
        return Behaviors.setup(context -> new TeacherActor(context, environment, instance, maker));
    }

    private TeacherActor(
            ActorContext<Command> context,
            RoleEnvironment environment,
            int instance,
            Supplier<TeacherRole> maker) {
        super(context);
        this.environment = environment;
        this.maker = maker;
        this.watch = new StopWatch(environment.nanoClock());
        int places = environment.places();
        this.link =
                new RoleLink(
                        RoleId.teacher(instance),
                        environment.ports(),
                        Map.of(
                                FrameKind.SYNTHETIC_BATCH, places,
                                FrameKind.LOGIT_GRADIENTS, places),
                        header -> context.getSelf().tell(new FrameLanded(header)));
        this.role = link.closeUnless(maker);
        link.announce(
                context.getSystem(),
                environment.supervisor(),
                new SupervisorProtocol.TeacherUp(
                        instance, context.getSelf().narrow(), link.address()));
    }

    @Override
    public Receive<Command> createReceive() {
        return newReceiveBuilder()
                .onMessage(TeacherProtocol.Restore.class, this::onRestore)
                .onMessage(TeacherProtocol.Students.class, this::onStudents)
                .onMessage(TeacherProtocol.Abandon.class, this::onAbandon)
                .onMessage(FrameLanded.class, this::onFrameLanded)
                .onSignal(PreRestart.class, signal -> close())
                .onSignal(PostStop.class, signal -> close())
                .build();
    }

    private Behavior<Command> onRestore(TeacherProtocol.Restore message) {
        link.begin(message.restoration());
        queue.values().forEach(Frame::release);
        queue.clear();
        endPass();
        batch = -1;
        students = ids(message.students());
        if (message.restoration().fresh()) {
            role.close();
            role = maker.get();
            Backend.reclaim();
        }
        message.replyTo().tell(new SupervisorProtocol.Restored(link.self(), link.incarnation()));
        return this;
    }

    private static List<RoleId> ids(Set<Integer> students) {
        return students.stream().sorted().map(RoleId::student).toList();
    }

    private Behavior<Command> onStudents(TeacherProtocol.Students message) {
        if (link.current(message.incarnation())) {
            students = ids(message.students());
        }
        return this;
    }

    private Behavior<Command> onFrameLanded(FrameLanded message) {
        link.claim(message.header())
                .ifPresent(
                        frame -> {
                            if (frame.header().kind() == FrameKind.SYNTHETIC_BATCH) {
                                onImages(frame);
                            } else {
                                onLogitGradients(frame);
                            }
                        });
        return this;
    }

    /** A batch that comes again after others is done again: the generator still needs it. */
    private void onImages(Frame frame) {
        if (frame.batch() == batch && knowledge != null) {
            // Whoever asks again has not got the answer, though it may have taken the batch back.
            over &= inputGradient != null;
            sendKnowledge();
            frame.release();
            return;
        }
        Frame.releaseAny(queue.put(frame.batch(), frame));
        if (!over && frame.batch() < batch) {
            // Taken over from another teacher: a student may need it before it can go on to the
            // batch at work here, which is done once more then.
            queue.put(batch, images);
            images = null;
            endPass();
        }
        // Batch b+window is drawn when b is over; that b was given up may not have been heard here.
        over |= queue.lastKey() - batch >= environment.window();
        next();
    }

    private void next() {
        while (over && !queue.isEmpty()) {
            endPass();
            images = queue.pollFirstEntry().getValue();
            batch = images.batch();
            over = false;
            watch.reset();
            knowledge = watch.time(() -> role.forward(images.tensor(0)));
            sendKnowledge();
        }
    }

    private void sendKnowledge() {
        link.send(RoleId.GENERATOR, FrameKind.LOGITS, batch, List.of(knowledge.logits()));
        List<Tensor> tensors = KnowledgeFrame.tensors(knowledge);
        for (RoleId student : students) {
            link.send(
                    student, FrameKind.TEACHER_KNOWLEDGE, batch, knowledge.bnStatistics(), tensors);
        }
    }

    private void onLogitGradients(Frame frame) {
        if (frame.batch() == batch && inputGradient != null) {
            sendInputGradient();
        } else if (frame.batch() == batch && !over) {
            inputGradient = watch.time(() -> role.inputGradient(frame.tensor(0)));
            sendInputGradient();
            report();
            over = true;
        }
        frame.release();
        next();
    }

    private void sendInputGradient() {
        link.send(
                RoleId.GENERATOR,
                FrameKind.INPUT_GRADIENTS,
                batch,
                knowledge.bnStatistics(),
                List.of(inputGradient));
    }

    private void report() {
        environment
                .supervisor()
                .tell(
                        new StepReport(
                                link.self(),
                                link.incarnation(),
                                batch,
                                Map.of("bn_statistics", knowledge.bnStatistics()),
                                Map.of(),
                                UpdateReport.without(UpdateDecision.NONE, ""),
                                watch.computeSeconds(),
                                watch.waitSeconds()));
    }

    private Behavior<Command> onAbandon(TeacherProtocol.Abandon message) {
        if (link.current(message.incarnation())) {
            Frame.releaseAny(queue.remove(message.batch()));
            if (message.batch() == batch) {
                over = true;
            }
            next();
        }
        return this;
    }

    private void endPass() {
        Frame.releaseAny(images);
        images = null;
        knowledge = null;
        inputGradient = null;
        over = true;
    }

    private Behavior<Command> close() {
        link.close();
        role.close();
        return this;
    }
}
