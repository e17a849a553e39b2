package io.aktnode.actors.student;

import io.aktnode.actors.policy.GatePolicy;
import io.aktnode.nn.data.ImageSet;
import io.aktnode.nn.train.Schedule;
import java.util.Optional;

/**
 * What a student actor needs to know besides its network.
 *
 * @param id from 0
 * @param guestBits width of one that joins the running training; 0 for one of the run's own
 * @param schedule the learning-rate decay
 * @param readByGenerator whether the generator's loss reads this student's logits
 * @param gate when a gradient is a spike
 * @param evaluation images for measuring accuracy, if there are any
 */
public record StudentConfig(
        int id,
        int guestBits,
        Schedule schedule,
        boolean readByGenerator,
        GatePolicy gate,
        Optional<ImageSet> evaluation) {}
