package io.aktnode.actors.generator;

import io.aktnode.actors.policy.SpikeGate;
import io.aktnode.nn.train.GeneratorRole;
import io.aktnode.nn.train.GradientReport;
import io.aktnode.nn.train.UpdateGate;
import io.aktnode.protocol.control.GateState;
import io.aktnode.protocol.control.UpdateDecision;
import io.aktnode.protocol.control.UpdateReport;

/**
 * What a generator learns from its batches, in the order of the steps whatever the order of
 * arrival; a gate judges every update before it is applied. One thread.
 */
final class GatedUpdates {

    private final FlightWindow flights;
    private final GeneratorSettings settings;
    private SpikeGate gate;
    private long applied;

    GatedUpdates(FlightWindow flights, GeneratorSettings settings) {
        this.flights = flights;
        this.settings = settings;
        this.gate = new SpikeGate(settings.gate());
    }

    /** The gate goes on with what it remembered when the role's state was saved. */
    void restore(GateState remembered) {
        gate = new SpikeGate(settings.gate(), remembered);
    }

    GateState gate() {
        return gate.state();
    }

    /** Updates applied so far. */
    long applied() {
        return applied;
    }

    /** Learns from whatever can be learned from now. */
    void learn(GeneratorRole role) {
        for (Flight flight : flights.all()) {
            if (flight.updated) {
                continue;
            }
            if (!flight.judged()) {
                if (flight.asked == null || !flight.hasGradients()) {
                    return;
                }
                judge(role, flight);
            }
            // In lockstep the images stay valid, to be sent again, until all have finished.
            if (flights.lockstep() && !flight.finishedByAll()) {
                return;
            }
            update(role, flight);
        }
    }

    private void judge(GeneratorRole role, Flight flight) {
        GradientReport report =
                flight.watch.time(
                        () ->
                                role.gradients(
                                        flight.batch,
                                        flight.inputGradients(),
                                        flight.teacherGradient.header().scalar()));
        flight.judge(report, gate, settings.schedule().learningRateFactor(flight.batch));
    }

    private void update(GeneratorRole role, Flight flight) {
        flight.updated = true;
        flight.staleness = applied - flight.updatesBefore;
        if (flight.scale == UpdateGate.SKIP) {
            role.discard(flight.batch);
            return;
        }
        double ratio =
                flight.watch.time(
                        () -> role.apply(flight.batch, flight.scale, flight.learningRateFactor));
        flight.update = flight.update.withRatio(ratio);
        applied++;
    }

    /** Learns nothing from a batch that is given up, unless it has before. */
    void discard(GeneratorRole role, Flight flight, String why) {
        if (!flight.updated) {
            role.discard(flight.batch);
            flight.staleness = applied - flight.updatesBefore;
            flight.update = UpdateReport.without(UpdateDecision.DISCARDED, why);
        }
    }
}
