package io.aktnode.protocol.tensor;

import static io.aktnode.protocol.tensor.Frames.header;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotNull;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertSame;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.protocol.frame.DropReason;
import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.RoleId;
import io.aktnode.protocol.frame.TensorSpec;
import java.nio.ByteBuffer;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class LandingSlotsTest {

    private static final TensorSpec SPEC = TensorSpec.float32(2, 3);
    private static final List<TensorSpec> LAYOUT = List.of(SPEC);

    private final List<String> events = new ArrayList<>();
    private final LandingSlots.Listener listener =
            new LandingSlots.Listener() {
                @Override
                public void landed(FrameHeader header) {
                    events.add("landed " + header.batchId());
                }

                @Override
                public void lost(FrameHeader header, DropReason reason) {
                    events.add("lost " + header.batchId() + " " + reason);
                }
            };
    private final List<LandingSlots.Place<ByteBuffer>> places = Frames.places(2, SPEC);

    private LandingSlots<ByteBuffer> slots(LandingSlots.Policy policy) {
        return new LandingSlots<>(LAYOUT, places, policy, listener);
    }

    private LandingSlots<ByteBuffer> dropNewest() {
        return slots(LandingSlots.Policy.DROP_NEWEST);
    }

    private LandingSlots<ByteBuffer> dropOldest() {
        return slots(LandingSlots.Policy.DROP_OLDEST_UNCLAIMED);
    }

    private static void land(LandingSlots<ByteBuffer> slots, long batch) {
        slots.begin(header(batch), LAYOUT).complete(header(batch));
    }

    @Test
    void aPlaceServesFrameAfterFrame() {
        LandingSlots<ByteBuffer> slots = dropNewest();

        for (int batch = 0; batch < 10; batch++) {
            Landing.Slot slot = slots.begin(header(batch), LAYOUT);
            slot.complete(header(batch));
            try (LandingSlots<ByteBuffer>.Landed landed =
                    slots.claim(header(batch)).orElseThrow()) {
                assertEquals(header(batch), landed.header());
                assertSame(slot.destination(0), landed.memory());
            }
        }

        assertEquals(0, slots.lost());
    }

    @Test
    void claimsExactlyTheFrameAskedFor() {
        LandingSlots<ByteBuffer> slots = dropNewest();
        land(slots, 1);
        FrameHeader other =
                FrameHeader.of(
                        Frames.RUN,
                        Frames.INCARNATION,
                        1,
                        RoleId.student(0),
                        FrameKind.TEACHER_KNOWLEDGE);
        slots.begin(other, LAYOUT).complete(other);

        assertTrue(slots.claim(header(2)).isEmpty());
        assertSame(places.get(1).memory(), slots.claim(other).orElseThrow().memory());
        assertSame(places.get(0).memory(), slots.claim(header(1)).orElseThrow().memory());
        assertTrue(slots.claim(header(1)).isEmpty(), "claimed already");
    }

    @Test
    void aFrameThatIsNotWholeCannotBeClaimed() {
        LandingSlots<ByteBuffer> slots = dropOldest();
        Landing.Slot filling = slots.begin(header(1), LAYOUT);

        assertTrue(slots.claim(header(1)).isEmpty());
        assertTrue(slots.claimNewest().isEmpty());

        filling.abandon(header(1), DropReason.TRUNCATED);
        assertTrue(slots.claimOldest().isEmpty());
        assertEquals(List.of("lost 1 TRUNCATED"), events);
    }

    @Test
    void dropsTheNewestWhenFull() {
        LandingSlots<ByteBuffer> slots = dropNewest();
        land(slots, 1);
        land(slots, 2);

        assertNull(slots.begin(header(3), LAYOUT));

        assertEquals(List.of("landed 1", "landed 2", "lost 3 REFUSED"), events);
        assertEquals(1, slots.claimOldest().orElseThrow().header().batchId());
    }

    @Test
    void dropsTheOldestUnclaimedWhenFull() {
        LandingSlots<ByteBuffer> slots = dropOldest();
        land(slots, 1);
        land(slots, 2);

        land(slots, 3);

        assertEquals(List.of("landed 1", "landed 2", "lost 1 REFUSED", "landed 3"), events);
        assertTrue(slots.claim(header(1)).isEmpty());
        assertEquals(3, slots.claimNewest().orElseThrow().header().batchId());
        assertTrue(slots.claim(header(2)).isEmpty(), "passed over for a newer one");
    }

    @Test
    void claimedAndFillingPlacesAreNotTakenAway() {
        LandingSlots<ByteBuffer> slots = dropOldest();
        land(slots, 1);
        slots.claim(header(1)).orElseThrow();
        slots.begin(header(2), LAYOUT);

        assertNull(slots.begin(header(3), LAYOUT));
    }

    @Test
    void releasingTwiceFreesOnce() {
        LandingSlots<ByteBuffer> slots = dropNewest();
        land(slots, 1);
        LandingSlots<ByteBuffer>.Landed first = slots.claim(header(1)).orElseThrow();
        first.release();
        land(slots, 2);
        slots.claim(header(2)).orElseThrow();
        land(slots, 3);

        first.release();

        assertNull(slots.begin(header(4), LAYOUT), "the place of batch 2 is still in use");
    }

    @Test
    void clearDropsWhatHasLandedAndWhatIsLanding() {
        LandingSlots<ByteBuffer> slots = dropNewest();
        land(slots, 1);
        Landing.Slot filling = slots.begin(header(2), LAYOUT);

        slots.clear();
        filling.complete(header(2));

        assertTrue(slots.claimOldest().isEmpty());
        assertEquals(List.of("landed 1"), events);
        assertNotNull(slots.begin(header(3), LAYOUT));
        assertNotNull(slots.begin(header(4), LAYOUT));
    }

    @Test
    void otherTensorsAreNamed() {
        LandingSlots<ByteBuffer> slots = dropNewest();

        WrongLayoutException thrown =
                assertThrows(
                        WrongLayoutException.class,
                        () -> slots.begin(header(1), List.of(TensorSpec.float32(3, 2))));

        assertTrue(
                thrown.getMessage()
                        .endsWith("brings [float32[3, 2]], there is room for [float32[2, 3]]"),
                thrown::getMessage);
    }

    @Test
    void placesMustFitTheLayout() {
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        new LandingSlots<>(
                                List.of(TensorSpec.float32(7)),
                                places,
                                LandingSlots.Policy.DROP_NEWEST,
                                listener));
        assertThrows(
                IllegalArgumentException.class,
                () ->
                        new LandingSlots<>(
                                List.of(SPEC, SPEC),
                                places,
                                LandingSlots.Policy.DROP_NEWEST,
                                listener));
    }

    @Test
    void kindsGoToTheirOwnLandings() {
        LandingSlots<ByteBuffer> knowledge = dropNewest();
        Landing landing = Landing.byKind(Map.of(FrameKind.TEACHER_KNOWLEDGE, knowledge));

        landing.begin(header(1), LAYOUT).complete(header(1));
        WrongLayoutException thrown =
                assertThrows(
                        WrongLayoutException.class,
                        () ->
                                landing.begin(
                                        FrameHeader.of(
                                                Frames.RUN, 0, 1, RoleId.TEACHER, FrameKind.LOGITS),
                                        LAYOUT));

        assertTrue(knowledge.claim(header(1)).isPresent());
        assertTrue(
                thrown.getMessage().endsWith("endpoint that takes only [TEACHER_KNOWLEDGE]"),
                thrown::getMessage);
    }
}
