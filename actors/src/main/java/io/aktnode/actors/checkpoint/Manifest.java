package io.aktnode.actors.checkpoint;

import io.aktnode.actors.run.Evaluation;
import io.aktnode.actors.run.Guest;
import io.aktnode.actors.run.Intervention;
import io.aktnode.actors.run.Quarantined;
import io.aktnode.protocol.control.GateState;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * What a checkpoint's {@code manifest.json} says.
 *
 * @param format version of this record
 * @param step finished steps; the next one has this number
 * @param incarnation in which it was taken
 * @param noiseEpoch which noise the generator draws from
 * @param healthy finite, no intervention shortly before, losses not drifting
 * @param settings all that determines the numbers, by name
 * @param files SHA-256 of each file by name
 * @param gates what each role's gate remembers, by role
 * @param evaluations so far, in order
 * @param interventions so far, in order
 * @param histories what the supervisor's detectors remember, by figure, the oldest values first
 * @param quarantined students that were put aside, by id; their files are their last healthy ones
 * @param guests students that joined the running training, whether they are there or have left
 */
public record Manifest(
        int format,
        long step,
        int incarnation,
        int noiseEpoch,
        boolean healthy,
        Map<String, String> settings,
        Map<String, String> files,
        Map<String, GateState> gates,
        List<Evaluation> evaluations,
        List<Intervention> interventions,
        Map<String, List<Double>> histories,
        Map<Integer, Quarantined> quarantined,
        List<Guest> guests) {

    public static final int FORMAT = 1;

    public Manifest {
        settings = new TreeMap<>(settings);
        files = new TreeMap<>(files);
        gates = new TreeMap<>(gates);
        evaluations = List.copyOf(evaluations);
        interventions = List.copyOf(interventions);
        // Manifests of earlier versions do not have these.
        histories = histories == null ? Map.of() : new TreeMap<>(histories);
        quarantined = quarantined == null ? Map.of() : new TreeMap<>(quarantined);
        guests = guests == null ? List.of() : List.copyOf(guests);
    }
}
