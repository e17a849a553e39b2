package io.aktnode.ops.bench;

import io.aktnode.nn.data.ImageSet;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.GradientReport;
import io.aktnode.nn.train.StudentRole;
import io.aktnode.nn.train.TeacherKnowledge;

/** A student whose phases are timed. */
final class TimedStudent implements StudentRole {

    private final StudentRole role;
    private final String name;
    private final PhaseLog log;

    TimedStudent(StudentRole role, String name, PhaseLog log) {
        this.role = role;
        this.name = name;
        this.log = log;
    }

    @Override
    public Tensor forward(Tensor images, boolean calibrate) {
        return log.time(
                name,
                Phase.STUDENT_FORWARD,
                TimedRoles.bytes(images),
                () -> role.forward(images, calibrate));
    }

    @Override
    public double activationReach() {
        return role.activationReach();
    }

    @Override
    public Tensor inputGradient(Tensor logitGradients) {
        return log.time(
                name,
                Phase.STUDENT_INPUT_GRADIENT,
                TimedRoles.bytes(logitGradients),
                () -> role.inputGradient(logitGradients));
    }

    @Override
    public GradientReport gradients(Tensor labels, TeacherKnowledge knowledge) {
        return log.time(
                name,
                Phase.STUDENT_GRADIENTS,
                TimedRoles.bytes(labels) + TimedRoles.bytes(knowledge),
                () -> role.gradients(labels, knowledge));
    }

    @Override
    public double apply(double scale, double learningRateFactor) {
        return log.time(name, Phase.STUDENT_APPLY, 0, () -> role.apply(scale, learningRateFactor));
    }

    @Override
    public void discard() {
        role.discard();
    }

    @Override
    public double evaluate(ImageSet images) {
        return role.evaluate(images);
    }

    @Override
    public StateDict save() {
        return role.save();
    }

    @Override
    public void restore(StateDict state) {
        role.restore(state);
    }

    @Override
    public void close() {
        role.close();
    }
}
