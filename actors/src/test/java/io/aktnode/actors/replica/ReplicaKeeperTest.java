package io.aktnode.actors.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointShelf;
import io.aktnode.actors.checkpoint.CheckpointStore;
import io.aktnode.actors.transfer.FileSources;
import io.aktnode.protocol.control.FileProtocol;
import io.aktnode.protocol.control.FileProtocol.Fetch;
import io.aktnode.protocol.control.FileProtocol.Unavailable;
import io.aktnode.protocol.control.ReplicaProtocol;
import io.aktnode.protocol.control.ReplicaProtocol.Offer;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class ReplicaKeeperTest {

    private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
    private final TestProbe<FileProtocol.Request> hand = kit.createTestProbe();

    @TempDir private Path theirs;
    @TempDir private Path ours;
    private CheckpointStore lead;
    private ActorRef<FileProtocol.Request> source;
    private ActorRef<ReplicaProtocol.Command> keeper;

    @BeforeEach
    void create() {
        lead = Replicas.store(theirs);
        source = FileSources.spawn(kit, new CheckpointShelf(lead.directory()));
        keeper = kit.spawn(ReplicaKeeper.create("akt", () -> Replicas.store(ours)));
    }

    @AfterEach
    void shutDown() {
        kit.shutdownTestKit();
    }

    private Offer offer(Checkpoint checkpoint, ActorRef<FileProtocol.Request> from) {
        return new Offer(checkpoint.step(), Replicas.sums(checkpoint), from);
    }

    private void copy(Checkpoint checkpoint) {
        keeper.tell(offer(checkpoint, source));
        awaitCopy(checkpoint);
    }

    private void awaitCopy(Checkpoint checkpoint) {
        hand.awaitAssert(
                () -> {
                    String sums = Files.readString(own(checkpoint.step()).resolve(Checkpoint.SUMS));
                    assertEquals(Replicas.sums(checkpoint), sums);
                    return null;
                });
    }

    private void expectNone(String why, Offer offer) {
        LoggingTestKit.warn(why)
                .expect(
                        kit.system(),
                        () -> {
                            keeper.tell(offer);
                            return null;
                        });
    }

    private Path own(long step) {
        return Replicas.store(ours).directory().resolve(String.format("step-%08d", step));
    }

    private static void flipAByte(Path file) throws IOException {
        byte[] bytes = Files.readAllBytes(file);
        bytes[bytes.length / 2] ^= 1;
        Files.write(file, bytes);
    }

    @Test
    void copiesWhatIsOfferedByteForByte() throws IOException {
        Checkpoint checkpoint = Replicas.save(lead, 7, 1);

        copy(checkpoint);

        assertEquals(checkpoint.manifest(), Replicas.store(ours).newest().get().manifest());
        try (Stream<Path> files = Files.list(checkpoint.directory())) {
            for (Path file : files.toList()) {
                assertEquals(-1, Files.mismatch(file, own(7).resolve(file.getFileName())));
            }
        }
    }

    @Test
    void fetchesNothingThatIsHere() {
        Checkpoint checkpoint = Replicas.save(lead, 7, 1);
        copy(checkpoint);

        keeper.tell(offer(checkpoint, hand.ref()));

        hand.expectNoMessage();
    }

    @Test
    void dropsACopyOfADamagedCheckpointAndKeepsTheOneBefore() throws IOException {
        copy(Replicas.save(lead, 7, 1));
        Checkpoint damaged = Replicas.save(lead, 8, 2);
        flipAByte(damaged.file(Replicas.STATE));

        expectNone("arrived with SHA-256", offer(damaged, source));

        assertFalse(Files.exists(own(8)));
        assertEquals(7, Replicas.store(ours).newest().get().step());
    }

    /** What becomes of a copy on its disk is recognised when the run would go on from it. */
    @Test
    void aCopyThatIsDamagedLaterIsPassedOverForTheOneBefore() throws IOException {
        copy(Replicas.save(lead, 7, 1));
        copy(Replicas.save(lead, 8, 2));
        copy(Replicas.save(lead, 9, 3));
        flipAByte(own(9).resolve(Replicas.STATE));
        // As by a machine that lost its power before the last bytes were written.
        byte[] half = Files.readAllBytes(own(8).resolve(Replicas.STATE));
        Files.write(own(8).resolve(Replicas.STATE), Arrays.copyOf(half, 1000));

        CheckpointStore store = Replicas.store(ours);

        assertEquals(7, store.newest().get().step());
        assertEquals(2, store.takePassedOver().size());
    }

    @Test
    void takesTheNewestOfThoseOfferedWhileOneIsOnItsWay() throws IOException {
        Checkpoint slow = Replicas.save(lead, 7, 1);
        keeper.tell(offer(slow, hand.ref()));
        Fetch pending = hand.expectMessageClass(Fetch.class);
        keeper.tell(offer(Replicas.save(lead, 8, 2), hand.ref()));

        Checkpoint newest = Replicas.save(lead, 9, 3);
        keeper.tell(offer(newest, source));
        pending.replyTo().tell(new Unavailable(pending.file(), "removed"));

        awaitCopy(newest);
        hand.expectNoMessage();
        assertFalse(Files.exists(own(7)));
        assertFalse(Files.exists(own(8)));
    }

    @Test
    void removesCopiesOfWhatTheRunHasGivenUp() {
        Checkpoint healthy = Replicas.save(lead, 7, 1);
        copy(healthy);
        copy(Replicas.save(lead, 8, 2));
        copy(Replicas.save(lead, 9, 3));
        lead.removeAfter(7);

        keeper.tell(offer(healthy, source));
        copy(Replicas.save(lead, 8, 4));

        assertFalse(Files.exists(own(9)));
        assertEquals(8, Replicas.store(ours).newest().get().step());
    }

    @Test
    void keepsWhatIsAheadOfTheRunAndNoCopy() {
        CheckpointStore before = Replicas.store(ours);
        Replicas.save(before, 900, 1);

        expectNone("it is kept, and nothing is copied", offer(Replicas.save(lead, 7, 1), source));

        assertEquals(900, Replicas.store(ours).newest().get().step());
        assertFalse(Files.exists(own(7)));
        copy(Replicas.save(lead, 901, 2));
    }

    @Test
    void copiesNothingOfAnotherRun() {
        Replicas.save(Replicas.store(ours), 5, 1, Map.of("seed", "2"));

        expectNone("seed=2, now it is 1", offer(Replicas.save(lead, 7, 1), source));

        assertEquals(5, Replicas.store(ours).newest().get().step());
    }

    @Test
    void refusesNamesThatLeadElsewhere() {
        String hash = "0".repeat(64);
        for (String name : new String[] {"../evil", "/etc/passwd", "", ".x", Checkpoint.SUMS}) {
            expectNone(
                    "names a file no checkpoint has",
                    new Offer(7, hash + "  " + name + "\n", hand.ref()));
        }
        hand.expectNoMessage();
        assertFalse(Files.exists(ours.resolve("evil")));
    }

    @Test
    void saysThatItCannotWriteAndGoesOn() throws IOException {
        Path inTheWay = Files.createFile(ours.resolve("checkpoints"));
        Checkpoint checkpoint = Replicas.save(lead, 7, 1);

        expectNone("it must be a directory that may be read", offer(checkpoint, source));
        Files.delete(inTheWay);

        copy(checkpoint);
    }

    @Test
    void leavesNothingHalfWrittenWhenThisProcessIsToLead() throws IOException {
        keeper.tell(offer(Replicas.save(lead, 7, 1), hand.ref()));
        hand.expectMessageClass(Fetch.class);

        keeper.tell(ReplicaKeeper.Stop.INSTANCE);

        hand.expectTerminated(keeper);
        try (Stream<Path> left = Files.list(ours.resolve("checkpoints"))) {
            assertEquals(0, left.count());
        }
    }
}
