package io.aktnode.ops.bench;

import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.train.TeacherKnowledge;
import io.aktnode.nn.train.TeacherRole;

/** A teacher whose phases are timed. */
final class TimedTeacher implements TeacherRole {

    private static final String ROLE = "teacher";

    private final TeacherRole role;
    private final PhaseLog log;

    TimedTeacher(TeacherRole role, PhaseLog log) {
        this.role = role;
        this.log = log;
    }

    @Override
    public TeacherKnowledge forward(Tensor images) {
        return log.time(
                ROLE, Phase.TEACHER_FORWARD, TimedRoles.bytes(images), () -> role.forward(images));
    }

    @Override
    public Tensor inputGradient(Tensor logitGradients) {
        return log.time(
                ROLE,
                Phase.TEACHER_BACKWARD,
                TimedRoles.bytes(logitGradients),
                () -> role.inputGradient(logitGradients));
    }

    @Override
    public void close() {
        role.close();
    }
}
