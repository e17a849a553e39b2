package io.aktnode.ops.bench;

import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.GeneratorRole;
import io.aktnode.nn.train.GradientReport;
import io.aktnode.nn.train.LogitGradients;
import io.aktnode.nn.train.SyntheticBatch;
import java.util.List;

/** A generator whose phases are timed. */
final class TimedGenerator implements GeneratorRole {

    private static final String ROLE = "generator";

    private final GeneratorRole role;
    private final PhaseLog log;

    TimedGenerator(GeneratorRole role, PhaseLog log) {
        this.role = role;
        this.log = log;
    }

    @Override
    public SyntheticBatch generate(long step) {
        return log.time(ROLE, Phase.GENERATE, 0, () -> role.generate(step));
    }

    @Override
    public LogitGradients logitGradients(
            long step, Tensor teacherLogits, List<Tensor> studentLogits) {
        long bytes = TimedRoles.bytes(teacherLogits) + TimedRoles.bytes(studentLogits);
        return log.time(
                ROLE,
                Phase.LOSS,
                bytes,
                () -> role.logitGradients(step, teacherLogits, studentLogits));
    }

    @Override
    public GradientReport gradients(long step, List<Tensor> inputGradients, double bnStatistics) {
        return log.time(
                ROLE,
                Phase.GENERATOR_BACKWARD,
                TimedRoles.bytes(inputGradients),
                () -> role.gradients(step, inputGradients, bnStatistics));
    }

    @Override
    public double apply(long step, double scale, double learningRateFactor) {
        return log.time(
                ROLE, Phase.GENERATOR_UPDATE, 0, () -> role.apply(step, scale, learningRateFactor));
    }

    @Override
    public void discard(long step) {
        role.discard(step);
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
    public void noiseEpoch(int epoch) {
        role.noiseEpoch(epoch);
    }

    @Override
    public void close() {
        role.close();
    }
}
