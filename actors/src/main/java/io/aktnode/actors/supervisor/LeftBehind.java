package io.aktnode.actors.supervisor;

import io.aktnode.protocol.control.StepReport;
import io.aktnode.protocol.control.UpdateDecision;
import io.aktnode.protocol.frame.Role;
import java.util.Map;
import java.util.OptionalInt;
import java.util.TreeMap;

/**
 * Notices a student that gets through no batch while others, or the generator, go on: out of
 * lockstep nobody waits for it. One thread.
 */
final class LeftBehind {

    private final int patience;

    /** Ticks since a student got through a batch, by id. */
    private final Map<Integer, Integer> ticks = new TreeMap<>();

    /**
     * @param patience ticks
     */
    LeftBehind(int patience) {
        this.patience = patience;
    }

    void restart() {
        ticks.clear();
    }

    void heard(StepReport report) {
        if (report.role().role() == Role.STUDENT
                && report.update().decision() != UpdateDecision.DISCARDED) {
            ticks.remove(report.role().instance());
        }
    }

    /**
     * While batches are drawn.
     *
     * @param waitedFor ids of the students the run is for
     * @return one that has been left behind for too long; it is given as long again
     */
    OptionalInt tick(Iterable<Integer> waitedFor) {
        OptionalInt left = OptionalInt.empty();
        for (int student : waitedFor) {
            if (ticks.merge(student, 1, Integer::sum) > patience) {
                left = OptionalInt.of(student);
            }
        }
        left.ifPresent(ticks::remove);
        return left;
    }
}
