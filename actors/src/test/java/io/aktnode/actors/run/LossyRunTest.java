package io.aktnode.actors.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.actors.fake.FakeRoles;
import io.aktnode.actors.fake.LossyPorts;
import io.aktnode.actors.fake.Recorder;
import io.aktnode.actors.fake.ReferenceLoop;
import io.aktnode.actors.fake.States;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.TrainingConfig;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.RoleId;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.BiPredicate;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Runs over a data plane that loses frames. */
@Timeout(30)
class LossyRunTest {

    @TempDir Path directory;
    private final Recorder recorder = new Recorder();
    private final AtomicInteger lost = new AtomicInteger();

    private RunOutcome run(
            TrainingConfig config, int window, BiPredicate<RoleId, FrameHeader> loses) {
        RunSpec spec = new RunSpec(config, window, 1, directory, false, 20, 2, Optional.empty(), 1);
        return LocalRun.start(
                        spec,
                        FakeRoles.of(config),
                        recorder,
                        RunEnvironment.defaults()
                                .withPolicy(LossyPorts.patience(Duration.ofMillis(20))),
                        ports -> new LossyPorts(ports, loses, lost))
                .await();
    }

    /** Loses some first sendings; what is sent again gets through. */
    private BiPredicate<RoleId, FrameHeader> everySeventhFirstSending() {
        Set<String> seen = ConcurrentHashMap.newKeySet();
        return (receiver, header) -> {
            String frame = receiver + " " + header.kind() + header.sender() + header.batchId();
            return seen.add(frame) && Math.floorMod(frame.hashCode(), 7) == 0;
        };
    }

    @ParameterizedTest
    @CsvSource({"GDFQ", "ADADFQ"})
    void lockstepLosesFramesAndEndsWithTheVerySameWeights(BaseMethod base) {
        TrainingConfig config = FakeRoles.config(base, true);

        RunOutcome outcome = run(config, 1, everySeventhFirstSending());

        assertTrue(lost.get() > 20, lost + " frames were lost");
        assertEquals(List.of(), outcome.interventions());
        States.assertSame(ReferenceLoop.undisturbed(config).student(), outcome.student());
    }

    @ParameterizedTest
    @CsvSource({"GDFQ,2", "ADADFQ,2", "ADADFQ,4"})
    void aWindowLosesFramesAndComesToItsEnd(BaseMethod base, int window) throws Exception {
        RunOutcome outcome = run(FakeRoles.config(base, true), window, everySeventhFirstSending());

        assertTrue(lost.get() > 20, lost + " frames were lost");
        assertEquals(60, outcome.steps());
        assertEquals(List.of(), outcome.interventions());
        if (base.generatorReadsStudent()) {
            List<String> journal = Files.readAllLines(directory.resolve("journal.jsonl"));
            assertTrue(
                    journal.stream().anyMatch(line -> line.contains("\"event\":\"discarded\"")),
                    journal.toString());
        }
    }

    @ParameterizedTest
    @CsvSource({"1", "3"})
    void aLinkThatIsDeadForAWhileIsSurvived(int window) {
        AtomicInteger deaf = new AtomicInteger();
        RunOutcome outcome =
                run(
                        FakeRoles.config(BaseMethod.ADADFQ, true),
                        window,
                        (receiver, header) ->
                                header.batchId() == 25
                                        && receiver.equals(RoleId.TEACHER)
                                        && deaf.incrementAndGet() < 10);

        assertTrue(lost.get() >= 3, lost + " frames were lost");
        assertEquals(60, outcome.steps());
    }
}
