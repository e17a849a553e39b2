package io.aktnode.protocol.control;

import java.util.List;

/**
 * What an update gate remembers, so that a resumed run judges exactly as one never stopped.
 *
 * @param logNorms natural logarithms of the accepted gradient norms, oldest first
 * @param clipsInARow clipped updates since the last one accepted
 * @param learningRateFactor 1, or less while a rate lowered after a spike recovers
 */
public record GateState(List<Double> logNorms, int clipsInARow, double learningRateFactor)
        implements CborSerializable {

    public GateState {
        logNorms = List.copyOf(logNorms);
    }

    /** Of a gate that has seen nothing. */
    public static GateState initial() {
        return new GateState(List.of(), 0, 1.0);
    }
}
