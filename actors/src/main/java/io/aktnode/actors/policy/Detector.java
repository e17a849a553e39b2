package io.aktnode.actors.policy;

import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * Sees that a figure has left its own past. What it says names the figure's past, what it has come
 * to and the limit it has passed. One thread.
 */
interface Detector {

    /**
     * What is wrong.
     *
     * @param earlier how many accepted steps before the last one it may have begun
     */
    record Alarm(String reason, int earlier) {}

    /** Takes the figure of an accepted step in; says what is wrong, if anything. */
    Optional<Alarm> observe(double value);

    /** What the figure may come to; empty while too little is known. */
    OptionalDouble limit();

    /** All it knows of the figure. */
    History history();

    /** All it remembers, oldest first. */
    default List<Double> values() {
        return history().values();
    }

    /** Continues from what another one remembered. */
    default void restore(List<Double> values) {
        values.forEach(history()::add);
    }
}
