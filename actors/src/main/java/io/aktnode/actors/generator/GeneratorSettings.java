package io.aktnode.actors.generator;

import io.aktnode.actors.policy.GatePolicy;
import io.aktnode.nn.train.Schedule;
import java.time.Duration;

/**
 * What a generator actor needs to know besides its network.
 *
 * @param schedule the learning-rate decay
 * @param readsStudents whether its loss reads the students' logits
 * @param gate when a gradient is a spike
 * @param resendAfter silence after which frames are sent again
 * @param resends fruitless ones after which a batch is given up
 */
public record GeneratorSettings(
        Schedule schedule,
        boolean readsStudents,
        GatePolicy gate,
        Duration resendAfter,
        int resends) {}
