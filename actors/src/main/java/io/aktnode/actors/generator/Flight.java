package io.aktnode.actors.generator;

import io.aktnode.actors.data.Frame;
import io.aktnode.actors.data.StopWatch;
import io.aktnode.actors.policy.SpikeGate;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.train.GradientReport;
import io.aktnode.nn.train.LogitGradients;
import io.aktnode.nn.train.SyntheticBatch;
import io.aktnode.protocol.control.StepReport;
import io.aktnode.protocol.control.UpdateReport;
import io.aktnode.protocol.frame.RoleId;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.function.Predicate;

/**
 * A batch in flight: what has come in for it and what is still missing. It is drawn, asked about
 * (gradients for the logits are sent out), judged (its own gradients are known) and updated (they
 * are applied or dropped). One thread.
 */
final class Flight {

    /** A student's part of a batch. */
    static final class StudentPart {
        Frame logits;
        Frame gradient;

        /** Its logits are not waited for, or were not read. */
        boolean leftOut;

        boolean finished;

        /** It was asked, has gone on to another batch, and its answer is not here. */
        boolean answerLost;
    }

    final long batch;
    final SyntheticBatch images;
    final long updatesBefore;

    /** Instance of the teacher that answers it. */
    int teacher;

    final double spread;
    final double classSpread;
    final StopWatch watch;
    final List<StudentPart> students = new ArrayList<>();

    Frame teacherLogits;
    Frame teacherGradient;
    LogitGradients asked;
    Map<String, Double> losses = Map.of();
    double scale;
    double learningRateFactor;
    double normLimit = Double.NaN;
    UpdateReport update;
    boolean updated;
    long staleness;

    /**
     * @param teacher instance of the one that is to answer it
     * @param updatesBefore the generator's updates when the batch was drawn
     */
    Flight(
            long batch,
            SyntheticBatch images,
            int studentCount,
            int teacher,
            long updatesBefore,
            StopWatch watch) {
        this.batch = batch;
        this.images = images;
        this.teacher = teacher;
        this.updatesBefore = updatesBefore;
        this.spread = ImageSpread.of(images.images());
        this.classSpread = ImageSpread.withinClasses(images);
        this.watch = watch;
        for (int i = 0; i < studentCount; i++) {
            students.add(new StudentPart());
        }
    }

    boolean judged() {
        return update != null;
    }

    /** A student's logits of a later batch came: its frames come in the order they were sent. */
    void passedBy(int student) {
        StudentPart part = students.get(student);
        part.answerLost = asked != null && part.logits != null && part.gradient == null;
    }

    /** A student is gone: nothing of it is waited for. */
    void without(int student) {
        StudentPart part = students.get(student);
        part.finished = true;
        if (part.logits == null) {
            part.leftOut = true;
        } else if (asked == null) {
            part.logits.release();
            part.logits = null;
            part.leftOut = true;
        } else {
            part.answerLost = part.gradient == null;
        }
    }

    /** Whether gradients it needs are not coming any more. */
    boolean broken() {
        return !judged() && students.stream().anyMatch(part -> part.answerLost);
    }

    boolean finishedByAll() {
        return students.stream().allMatch(part -> part.finished);
    }

    /**
     * Whether its teacher has something to send still; students may have missed what it knew. Once
     * the generator has learned from the batch its images are gone.
     */
    boolean needsTeacher() {
        return !updated && (teacherLogits == null || teacherGradient == null || !finishedByAll());
    }

    /** Whether the gradients for the images of all that were asked are here. */
    boolean hasGradients() {
        return teacherGradient != null
                && students.stream().allMatch(s -> s.logits == null || s.gradient != null);
    }

    List<Tensor> studentLogits() {
        return students.stream()
                .filter(s -> s.logits != null)
                .map(s -> s.logits.tensor(0))
                .toList();
    }

    /** The teacher's first, then the students' in order. */
    List<Tensor> inputGradients() {
        List<Tensor> gradients = new ArrayList<>();
        gradients.add(teacherGradient.tensor(0));
        students.stream()
                .filter(s -> s.gradient != null)
                .forEach(s -> gradients.add(s.gradient.tensor(0)));
        return gradients;
    }

    /** Position of an asked student's gradient in the answer to {@link #studentLogits}. */
    int askedIndex(int student) {
        int index = 0;
        for (int i = 0; i < student; i++) {
            index += students.get(i).logits == null ? 0 : 1;
        }
        return index;
    }

    List<Integer> studentsThat(Predicate<StudentPart> predicate) {
        List<Integer> ids = new ArrayList<>();
        for (int i = 0; i < students.size(); i++) {
            if (predicate.test(students.get(i))) {
                ids.add(i);
            }
        }
        return ids;
    }

    /**
     * Takes the gradient's figures in and asks the gate what is to be done.
     *
     * @param scheduled the schedule's factor on the learning rate
     */
    void judge(GradientReport report, SpikeGate gate, double scheduled) {
        normLimit = gate.limit();
        scale = gate.scale(batch, report, scheduled);
        learningRateFactor = scheduled * gate.learningRateFactor();
        losses = report.losses();
        update = gate.report(report, scale, Double.NaN);
    }

    StepReport report(RoleId role, int incarnation) {
        return new StepReport(
                role,
                incarnation,
                batch,
                losses,
                Map.of(
                        StepReport.TEACHER_AGREEMENT,
                        asked == null ? Double.NaN : asked.teacherAgreement(),
                        StepReport.IMAGE_SPREAD,
                        spread,
                        StepReport.CLASS_SPREAD,
                        classSpread,
                        StepReport.NORM_LIMIT,
                        normLimit,
                        StepReport.STALENESS,
                        (double) staleness),
                update,
                watch.computeSeconds(),
                watch.waitSeconds());
    }

    /** What is missing, for people. */
    String missing(boolean readsStudents) {
        List<String> parts = new ArrayList<>();
        if (asked == null) {
            if (teacherLogits == null) {
                parts.add("logits of the teacher");
            }
            if (readsStudents) {
                studentsThat(s -> s.logits == null && !s.leftOut)
                        .forEach(i -> parts.add("logits of student " + i));
            }
        } else if (!judged()) {
            if (teacherGradient == null) {
                parts.add("input gradients of the teacher");
            }
            studentsThat(s -> s.logits != null && s.gradient == null)
                    .forEach(i -> parts.add("input gradients of student " + i));
        }
        studentsThat(s -> !s.finished).forEach(i -> parts.add("the end of student " + i));
        return String.join(", ", parts);
    }

    void releaseFrames() {
        Frame.releaseAny(teacherLogits);
        Frame.releaseAny(teacherGradient);
        for (StudentPart student : students) {
            Frame.releaseAny(student.logits);
            Frame.releaseAny(student.gradient);
        }
    }
}
