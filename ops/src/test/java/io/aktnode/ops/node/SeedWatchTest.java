package io.aktnode.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;

import akka.actor.Address;
import akka.actor.testkit.typed.javadsl.ActorTestKit;
import akka.actor.testkit.typed.javadsl.ManualTime;
import akka.actor.testkit.typed.javadsl.TestProbe;
import akka.actor.typed.ActorRef;
import akka.cluster.UniqueAddress;
import io.aktnode.protocol.control.SeedProtocol.Answer;
import io.aktnode.protocol.control.SeedProtocol.Ask;
import io.aktnode.protocol.control.SeedProtocol.Command;
import java.time.Duration;
import java.util.HashSet;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;

@Timeout(60)
class SeedWatchTest {

    private static final Duration EVERY = Duration.ofSeconds(10);
    private static final UniqueAddress SELF = node(2, 7);
    private static final UniqueAddress SEED = node(1, 5);

    private final ActorTestKit kit = ActorTestKit.create(ManualTime.config());
    private final ManualTime time = ManualTime.get(kit.system());
    private final TestProbe<Ask> seed = kit.createTestProbe();
    private final TestProbe<String> apart = kit.createTestProbe();
    private final Set<UniqueAddress> members = ConcurrentHashMap.newKeySet();
    private final ActorRef<Command> watch =
            kit.spawn(
                    SeedWatch.create(
                            SELF,
                            () -> new HashSet<>(members),
                            SEED.address().toString(),
                            seed.getRef()::tell,
                            EVERY,
                            () -> apart.getRef().tell("apart")));

    private static UniqueAddress node(int port, long uid) {
        return new UniqueAddress(new Address("akka", "akt", "127.0.0.1", port), uid);
    }

    @AfterEach
    void shutDown() {
        kit.shutdownTestKit();
    }

    private Ask look() {
        time.timePasses(EVERY);
        return seed.receiveMessage();
    }

    @Test
    void comesToTheSeedThatSaysTwiceThatItIsElsewhere() {
        members.add(SELF);
        members.add(node(3, 9));

        Ask first = look();
        assertEquals(SELF.address().toString(), first.address());
        assertEquals(SELF.longUid(), first.uid());
        first.replyTo().tell(new Answer(false));
        apart.expectNoMessage(Duration.ofMillis(100));
        look().replyTo().tell(new Answer(false));

        apart.expectMessage("apart");
        look().replyTo().tell(new Answer(false));
        apart.expectNoMessage(Duration.ofMillis(100));
    }

    @Test
    void aSeedThatIsOnItsWayHereIsWaitedFor() {
        members.add(SELF);

        look().replyTo().tell(new Answer(false));
        look().replyTo().tell(new Answer(true));
        look().replyTo().tell(new Answer(false));
        apart.expectNoMessage(Duration.ofMillis(100));
        members.add(SEED);
        time.timePasses(EVERY);
        seed.expectNoMessage(Duration.ofMillis(100));
        members.remove(SEED);
        look().replyTo().tell(new Answer(false));
        apart.expectNoMessage(Duration.ofMillis(100));
    }

    @Test
    void asksNothingBeforeThisNodeIsInACluster() {
        time.timePasses(EVERY);

        seed.expectNoMessage(Duration.ofMillis(100));
    }

    @Test
    void answersWhetherAProcessIsInItsCluster() {
        TestProbe<Answer> replies = kit.createTestProbe();
        members.add(SELF);
        members.add(node(3, 9));
        String address = node(3, 9).address().toString();

        watch.tell(new Ask(address, 9, replies.getRef()));
        replies.expectMessage(new Answer(true));
        watch.tell(new Ask(address, 8, replies.getRef()));
        replies.expectMessage(new Answer(false));
        watch.tell(new Ask(node(4, 9).address().toString(), 9, replies.getRef()));
        replies.expectMessage(new Answer(false));
    }
}
