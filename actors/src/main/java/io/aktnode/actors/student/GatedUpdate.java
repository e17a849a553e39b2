package io.aktnode.actors.student;

import io.aktnode.actors.policy.SpikeGate;
import io.aktnode.nn.train.GradientReport;
import io.aktnode.nn.train.StudentRole;
import io.aktnode.nn.train.UpdateGate;
import io.aktnode.protocol.control.GateState;
import io.aktnode.protocol.control.UpdateReport;

/** Applies a student's gradients as far as a gate lets them. One thread. */
final class GatedUpdate {

    private final StudentConfig config;
    private SpikeGate gate;

    GatedUpdate(StudentConfig config) {
        this.config = config;
        this.gate = new SpikeGate(config.gate());
    }

    /** The gate goes on with what it remembered when the role's state was saved. */
    void restore(GateState remembered) {
        gate = new SpikeGate(config.gate(), remembered);
    }

    GateState gate() {
        return gate.state();
    }

    /** The norm from which on the next gradient is a spike; infinite while too few were seen. */
    double normLimit() {
        return gate.limit();
    }

    /** Judges the gradients the role has just computed, and applies or drops them. */
    UpdateReport apply(StudentRole role, long batch, GradientReport report) {
        double scheduled = config.schedule().learningRateFactor(batch);
        double scale = gate.scale(batch, report, scheduled);
        double ratio = Double.NaN;
        if (scale == UpdateGate.SKIP) {
            role.discard();
        } else {
            ratio = role.apply(scale, scheduled * gate.learningRateFactor());
        }
        return gate.report(report, scale, ratio);
    }
}
