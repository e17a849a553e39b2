package io.aktnode.actors.supervisor;

import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.StateFiles;
import io.aktnode.actors.run.RunFailedException;
import io.aktnode.actors.run.RunLostException;
import io.aktnode.actors.run.RunOutcome;
import io.aktnode.actors.run.RunUnhealthyException;
import io.aktnode.actors.run.StudentOutcome;
import io.aktnode.nn.model.ModelFileException;
import io.aktnode.nn.model.Safetensors;
import io.aktnode.protocol.frame.RoleId;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.OptionalDouble;
import java.util.concurrent.CompletableFuture;
import java.util.function.LongSupplier;

/** How a run ends: told once to whoever waits, and to the journal, which is closed. One thread. */
final class RunEnd {

    private static final double NS_PER_SECOND = 1e9;

    private final CompletableFuture<RunOutcome> waiting;
    private final RunRecord record;
    private final Journal journal;
    private final Timeline timeline;
    private final KeptStates kept;
    private final Roster roster;
    private final long totalSteps;
    private final LongSupplier nanoClock;
    private final long startedNs;
    private boolean ended;

    RunEnd(
            SupervisorConfig config,
            RunRecord record,
            Timeline timeline,
            KeptStates kept,
            Roster roster,
            CompletableFuture<RunOutcome> waiting) {
        this.timeline = timeline;
        this.kept = kept;
        this.roster = roster;
        this.waiting = waiting;
        this.record = record;
        this.journal = config.journal();
        this.totalSteps = config.plan().schedule().totalSteps();
        this.nanoClock = config.nanoClock();
        this.startedNs = nanoClock.getAsLong();
    }

    /** Ends with what the last checkpoint holds. */
    void finish(Optional<Checkpoint> last) {
        if (last.isEmpty()) {
            fail("cancelled before the first checkpoint");
            return;
        }
        try {
            RunOutcome outcome = outcome(last.get());
            end(outcome.completed() ? "completed" : "cancelled");
            waiting.complete(outcome);
        } catch (ModelFileException e) {
            fail(e.getMessage());
        }
    }

    private RunOutcome outcome(Checkpoint last) {
        List<StudentOutcome> ended = new ArrayList<>();
        for (int id = 0; id < roster.seats(); id++) {
            RoleId student = RoleId.student(id);
            if (!roster.knows(id) || !last.has(student)) {
                continue; // a guest of which nothing was ever saved
            }
            ended.add(
                    new StudentOutcome(
                            id,
                            roster.quantization(id),
                            Safetensors.read(last.file(StateFiles.file(student))),
                            kept.whyPutAside(id).isPresent()
                                    ? OptionalDouble.empty()
                                    : record.top1At(last.step(), id),
                            record.best(id),
                            kept.whyPutAside(id)));
        }
        return new RunOutcome(
                ended,
                last.step(),
                last.step() >= totalSteps,
                record.interventions(),
                (nanoClock.getAsLong() - startedNs) / NS_PER_SECOND);
    }

    /**
     * Ends for a reason; later ones do not count.
     *
     * @param sentence for people
     */
    void fail(String sentence) {
        fail(new RunFailedException(sentence));
    }

    /**
     * Ends because nothing helped.
     *
     * @param report for people
     */
    void giveUp(String report) {
        fail(new RunUnhealthyException(report));
    }

    /** Ends because the supervisor does; does not count after another end. */
    void lose() {
        fail(new RunLostException("the supervisor was stopped"));
    }

    private void fail(RunFailedException why) {
        if (!ended) {
            end("failed: " + why.getMessage());
            waiting.completeExceptionally(why);
        }
    }

    private void end(String how) {
        ended = true;
        record.event("end", how);
        journal.close();
    }
}
