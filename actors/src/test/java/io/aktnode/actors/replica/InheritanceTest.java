package io.aktnode.actors.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.receptionist.Receptionist;
import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointStore;
import io.aktnode.protocol.control.FileProtocol;
import io.aktnode.protocol.control.ReplicaProtocol;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** The keepers are real ones, each with a disk of its own. */
@Timeout(60)
class InheritanceTest {

    private static final Map<String, String> SETTINGS = Map.of("seed", "1");

    private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
    private final ManualTime time = ManualTime.get(kit.system());
    private final TestProbe<String> ended = kit.createTestProbe();

    @TempDir private Path ours;
    @TempDir private Path theirs;
    @TempDir private Path others;
    private int known;

    @AfterEach
    void shutDown() {
        kit.shutdownTestKit();
    }

    private CheckpointStore keeper(Path disk) {
        CheckpointStore store = Replicas.store(disk);
        kit.spawn(ReplicaKeeper.create("akt", () -> Replicas.store(disk)));
        awaitKnown(++known);
        return store;
    }

    private void awaitKnown(int count) {
        TestProbe<Receptionist.Listing> listings = kit.createTestProbe();
        listings.awaitAssert(
                () -> {
                    kit.system()
                            .receptionist()
                            .tell(Receptionist.find(ReplicaKeeper.key("akt"), listings.ref()));
                    assertEquals(
                            count,
                            listings.receiveMessage()
                                    .getServiceInstances(ReplicaKeeper.key("akt"))
                                    .size());
                    return null;
                });
    }

    /** Begins and lets time pass until the keepers have been asked. */
    private void begin() {
        kit.spawn(
                Inheritance.create(
                        "akt",
                        Replicas.store(ours),
                        SETTINGS,
                        keeper -> true,
                        () -> ended.ref().tell("ended")));
        // What is there already was heard of before any message of this probe's could be.
        ended.expectNoMessage();
        time.timePasses(Inheritance.QUIET);
    }

    private Checkpoint newest() {
        return Replicas.store(ours).newest().orElseThrow();
    }

    @Test
    void anEmptyDiskGetsTheNewestThereIs() throws IOException {
        Replicas.save(keeper(theirs), 400, 1);
        Checkpoint newest = Replicas.save(keeper(others), 600, 2);

        begin();

        ended.expectMessage("ended");
        assertEquals(600, newest().step());
        assertEquals(
                -1, Files.mismatch(newest.file(Replicas.STATE), newest().file(Replicas.STATE)));
    }

    @Test
    void aDiskThatWasAwayWhileOthersWentOnCatchesUp() {
        Replicas.save(Replicas.store(ours), 400, 1);
        Replicas.save(keeper(theirs), 2000, 2);

        begin();

        ended.expectMessage("ended");
        assertEquals(2000, newest().step());
    }

    @Test
    void whatIsBehindStaysWhereItIs() {
        Replicas.save(Replicas.store(ours), 400, 1);
        Replicas.save(keeper(theirs), 200, 2);

        begin();

        ended.expectMessage("ended");
        assertEquals(400, newest().step());
    }

    /** The run went back from 600 to 400 and has come to 500 since. */
    @Test
    void whatWasGivenUpIsNotGoneOnFrom() {
        Replicas.save(keeper(theirs), 600, 1, 3, SETTINGS);
        Replicas.save(keeper(others), 500, 2, 4, SETTINGS);

        begin();

        ended.expectMessage("ended");
        assertEquals(500, newest().step());
    }

    @Test
    void whatWasGivenUpIsNotTakenInsteadOfOnesOwn() {
        Replicas.save(Replicas.store(ours), 500, 1, 4, SETTINGS);
        Replicas.save(keeper(theirs), 600, 2, 3, SETTINGS);

        begin();

        ended.expectMessage("ended");
        assertEquals(500, newest().step());
    }

    @Test
    void anotherRunsIsLeftWhereItIs() {
        Replicas.save(keeper(theirs), 400, 1, Map.of("seed", "2"));

        LoggingTestKit.warn("it was made with seed=2, now it is 1")
                .expect(
                        kit.system(),
                        () -> {
                            begin();
                            ended.expectMessage("ended");
                            return null;
                        });

        assertTrue(Replicas.store(ours).isEmpty());
    }

    @Test
    void whoDoesNotAnswerIsNotWaitedForLong() {
        TestProbe<ReplicaProtocol.Request> silent = kit.createTestProbe();
        ActorRef<ReplicaProtocol.Request> ref = silent.ref();
        kit.system().receptionist().tell(Receptionist.register(ReplicaKeeper.key("akt"), ref));
        awaitKnown(++known);
        Replicas.save(keeper(theirs), 400, 1);
        begin();
        silent.expectMessageClass(ReplicaProtocol.Inquire.class);
        ended.expectNoMessage();

        time.timePasses(Inheritance.PATIENCE);

        ended.expectMessage("ended");
        assertEquals(400, newest().step());
    }

    @Test
    void theNextNewestIsTakenWhenTheNewestCannotBeHad() {
        TestProbe<ReplicaProtocol.Request> gone = kit.createTestProbe();
        kit.system()
                .receptionist()
                .tell(Receptionist.register(ReplicaKeeper.key("akt"), gone.ref()));
        awaitKnown(++known);
        Replicas.save(keeper(theirs), 400, 1);
        begin();
        ReplicaProtocol.Inquire inquiry = gone.expectMessageClass(ReplicaProtocol.Inquire.class);

        LoggingTestKit.warn("step 900")
                .expect(
                        kit.system(),
                        () -> {
                            inquiry.replyTo().tell(damaged());
                            ended.expectMessage("ended");
                            return null;
                        });

        assertEquals(400, newest().step());
    }

    private ReplicaProtocol.Kept damaged() {
        TestProbe<FileProtocol.Request> source = kit.createTestProbe();
        return new ReplicaProtocol.Kept(
                Optional.of(
                        new ReplicaProtocol.Keepsake(
                                new ReplicaProtocol.Offer(900, "no hashes", source.ref()),
                                1,
                                SETTINGS)));
    }

    @Test
    void withoutAnybodyToAskItEndsAtOnce() {
        begin();

        ended.expectMessage("ended");
        assertTrue(Replicas.store(ours).isEmpty());
    }
}
