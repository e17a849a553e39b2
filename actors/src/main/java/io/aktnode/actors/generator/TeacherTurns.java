package io.aktnode.actors.generator;

import java.util.ArrayList;
import java.util.Collection;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalInt;

/**
 * Whose turn a batch is: the teachers take turns. One whose frames do not arrive is passed over for
 * some batches, then tried again. Each trial costs a silence, so the next comes eight times later
 * than the one before. One thread.
 */
final class TeacherTurns {

    private static final int FIRST_PAUSE = 8;
    private static final int GROWTH = 8;

    /**
     * @param until the first batch it may be given again
     * @param batches it was passed over for
     */
    private record Pause(long until, long batches) {}

    /** In ascending order. */
    private List<Integer> teachers = List.of();

    private final Map<Integer, Pause> pauses = new HashMap<>();

    /**
     * @param all instances alive from now on
     * @param fresh those of them, or gone, of which nothing is known
     */
    void among(Collection<Integer> all, Collection<Integer> fresh) {
        teachers = all.stream().sorted().toList();
        pauses.keySet().removeAll(fresh);
    }

    /** Who answers a batch. */
    int of(long batch) {
        List<Integer> candidates = heard(teachers, batch);
        return candidates.get((int) (batch % candidates.size()));
    }

    /** Who answers a batch that a teacher has not answered, if there is another. */
    OptionalInt insteadOf(int teacher, long batch) {
        List<Integer> others = new ArrayList<>();
        teachers.stream().filter(other -> other > teacher).forEach(others::add);
        teachers.stream().filter(other -> other < teacher).forEach(others::add);
        return others.isEmpty() ? OptionalInt.empty() : OptionalInt.of(heard(others, batch).get(0));
    }

    /** Those that are not passed over; if all are, all. */
    private List<Integer> heard(List<Integer> among, long batch) {
        List<Integer> heard =
                among.stream()
                        .filter(
                                teacher ->
                                        !pauses.containsKey(teacher)
                                                || pauses.get(teacher).until() <= batch)
                        .toList();
        return heard.isEmpty() ? among : heard;
    }

    /**
     * Gives a teacher no batches for a while.
     *
     * @param batch that it did not answer
     * @return how many batches from that one on
     */
    long passOver(int teacher, long batch) {
        Pause before = pauses.get(teacher);
        if (before != null && batch < before.until()) {
            return before.until() - batch; // another batch of the same silence
        }
        long batches = before == null ? FIRST_PAUSE : before.batches() * GROWTH;
        pauses.put(teacher, new Pause(batch + batches, batches));
        return batches;
    }

    /**
     * A batch of a teacher has come to its end.
     *
     * @return whether it had been passed over
     */
    boolean served(int teacher) {
        return pauses.remove(teacher) != null;
    }
}
