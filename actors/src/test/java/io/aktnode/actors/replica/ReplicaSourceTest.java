package io.aktnode.actors.replica;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.LoggingTestKit;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.actor.typed.receptionist.Receptionist;
import io.aktnode.actors.checkpoint.Checkpoint;
import io.aktnode.actors.checkpoint.CheckpointStore;
import io.aktnode.protocol.control.FileProtocol;
import io.aktnode.protocol.control.FileProtocol.Fetch;
import io.aktnode.protocol.control.FileProtocol.Part;
import io.aktnode.protocol.control.FileProtocol.Unavailable;
import io.aktnode.protocol.control.ReplicaProtocol;
import io.aktnode.protocol.control.ReplicaProtocol.Offer;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(60)
class ReplicaSourceTest {

    private final ActorTestKit kit = ActorTestKit.create();

    @TempDir private Path run;
    private CheckpointStore store;
    private TestProbe<ReplicaProtocol.Request> own;
    private ActorRef<ReplicaSource.Command> source;

    @BeforeEach
    void create() {
        store = Replicas.store(run);
        own = keeper();
        source =
                kit.spawn(
                        ReplicaSource.create(
                                "akt", store.directory(), ref -> !ref.equals(own.ref())));
    }

    @AfterEach
    void shutDown() {
        kit.shutdownTestKit();
    }

    private TestProbe<ReplicaProtocol.Request> keeper() {
        TestProbe<ReplicaProtocol.Request> keeper = kit.createTestProbe();
        kit.system()
                .receptionist()
                .tell(Receptionist.register(ReplicaKeeper.key("akt"), keeper.ref()));
        return keeper;
    }

    private Checkpoint announce(long step) {
        Checkpoint checkpoint = Replicas.save(store, step, step);
        source.tell(new ReplicaSource.Newest(step, checkpoint.directory()));
        return checkpoint;
    }

    @Test
    void offersEachCheckpointToOtherProcessesAndTheNewestToThoseThatCome() {
        TestProbe<ReplicaProtocol.Request> there = keeper();
        announce(7);
        assertEquals(7, there.expectMessageClass(Offer.class).step());
        Checkpoint newest = announce(8);
        assertEquals(8, there.expectMessageClass(Offer.class).step());

        Offer late = keeper().expectMessageClass(Offer.class);

        assertEquals(8, late.step());
        assertEquals(Replicas.sums(newest), late.sums());
        own.expectNoMessage();
        there.expectNoMessage();
    }

    @Test
    void offersAgainWhatTheRunHasGoneBackTo() {
        TestProbe<ReplicaProtocol.Request> there = keeper();
        Checkpoint healthy = announce(7);
        assertEquals(7, there.expectMessageClass(Offer.class).step());
        announce(8);
        assertEquals(8, there.expectMessageClass(Offer.class).step());

        source.tell(new ReplicaSource.Newest(7, healthy.directory()));

        assertEquals(7, there.expectMessageClass(Offer.class).step());
    }

    @Test
    void offersNothingOfACheckpointThatIsGone() {
        TestProbe<ReplicaProtocol.Request> there = keeper();

        LoggingTestKit.warn("is not offered for copying")
                .expect(
                        kit.system(),
                        () -> {
                            source.tell(new ReplicaSource.Newest(7, run.resolve("gone")));
                            return null;
                        });

        there.expectNoMessage();
    }

    @Test
    void sendsTheFilesOfWhatItOffers() throws Exception {
        TestProbe<ReplicaProtocol.Request> there = keeper();
        Checkpoint checkpoint = announce(7);
        TestProbe<FileProtocol.Answer> fetcher = kit.createTestProbe();

        there.expectMessageClass(Offer.class)
                .source()
                .tell(new Fetch("step-00000007/" + Replicas.STATE, 131072, fetcher.ref()));

        Part part = fetcher.expectMessageClass(Part.class);
        byte[] whole = Files.readAllBytes(checkpoint.file(Replicas.STATE));
        assertEquals(whole.length, part.length());
        assertEquals(whole.length - 131072, part.bytes().remaining());
        assertEquals(whole[whole.length - 1], part.bytes().get(part.bytes().limit() - 1));
    }

    @ParameterizedTest
    @CsvSource({
        "step-00000007/../../secret, 0, no file of a checkpoint is called so",
        "../secret, 0, no file of a checkpoint is called so",
        "/etc/passwd, 0, no file of a checkpoint is called so",
        "step-00000007, 0, no file of a checkpoint is called so",
        ".writing-step-00000007/x, 0, no file of a checkpoint is called so",
        "step-00000007/link, 0, it is not there",
        "step-00000009/manifest.json, 0, it is not there",
        "step-00000007/manifest.json, -1, 'offset=-1, expected 0 or more'",
    })
    void sendsNothingElse(String file, long offset, String why) throws Exception {
        TestProbe<ReplicaProtocol.Request> there = keeper();
        Checkpoint checkpoint = announce(7);
        Path secret = Files.writeString(run.resolve("secret"), "secret");
        Files.createSymbolicLink(checkpoint.file("link"), secret);
        TestProbe<FileProtocol.Answer> fetcher = kit.createTestProbe();

        there.expectMessageClass(Offer.class).source().tell(new Fetch(file, offset, fetcher.ref()));

        String said = fetcher.expectMessageClass(Unavailable.class).why();
        assertEquals(why, said.substring(0, Math.min(why.length(), said.length())));
    }
}
