package io.aktnode.protocol.tensor;

import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.protocol.frame.FrameHeader;
import io.aktnode.protocol.frame.FrameKind;
import io.aktnode.protocol.frame.RoleId;
import org.junit.jupiter.api.Test;

class ReplayFenceTest {

    private final ReplayFence fence = new ReplayFence();

    private static FrameHeader frame(long run, int incarnation, long batch) {
        return FrameHeader.of(run, incarnation, batch, RoleId.TEACHER, FrameKind.LOGITS);
    }

    @Test
    void eachNumberComesOnceUnderEachSalt() {
        assertTrue(fence.isFirst(1, 2, 0));
        assertTrue(fence.isFirst(1, 2, 1));
        assertTrue(fence.isFirst(1, 2, 5));
        assertTrue(fence.isFirst(1, 3, 0));

        assertFalse(fence.isFirst(1, 2, 5));
        assertFalse(fence.isFirst(1, 2, 0));
        assertFalse(fence.isFirst(1, 2, 3));
        assertFalse(fence.isFirst(1, 3, 0));
        assertTrue(fence.isFirst(1, 2, 6));
    }

    @Test
    void remembersTheSaltsUsedLast() {
        for (int salt = 0; salt < 3 * ReplayFence.MAX_SALTS; salt++) {
            assertTrue(fence.isFirst(salt, 0, 0));
            // One sender goes on all the time.
            assertTrue(fence.isFirst(-1, 0, salt));
        }

        assertFalse(fence.isFirst(-1, 0, 0));
        assertFalse(fence.isFirst(3L * ReplayFence.MAX_SALTS - 1, 0, 0));
        assertTrue(fence.isFirst(0, 0, 0), "the oldest is forgotten, so that memory stays flat");
    }

    @Test
    void aBatchSentAgainIsNotOvertakenButAnOldOneIs() {
        assertFalse(fence.isOvertaken(frame(1, 0, 5000)));

        assertFalse(fence.isOvertaken(frame(1, 0, 5000)));
        assertFalse(fence.isOvertaken(frame(1, 0, 5000 - ReplayFence.MAX_BATCHES_BEHIND)));
        assertTrue(fence.isOvertaken(frame(1, 0, 5000 - ReplayFence.MAX_BATCHES_BEHIND - 1)));
    }

    @Test
    void aLaterIncarnationMayGoBackAndOvertakesTheOneBefore() {
        assertFalse(fence.isOvertaken(frame(1, 0, 5000)));
        assertFalse(fence.isOvertaken(frame(1, 1, 100)));

        assertTrue(fence.isOvertaken(frame(1, 0, 5001)));
        assertFalse(fence.isOvertaken(frame(1, 1, 101)));
    }

    @Test
    void sendersKindsAndRunsAreApart() {
        assertFalse(fence.isOvertaken(frame(1, 3, 5000)));

        assertFalse(
                fence.isOvertaken(FrameHeader.of(1, 0, 0, RoleId.student(1), FrameKind.LOGITS)));
        assertFalse(
                fence.isOvertaken(
                        FrameHeader.of(1, 0, 0, RoleId.TEACHER, FrameKind.INPUT_GRADIENTS)));
        assertFalse(fence.isOvertaken(frame(2, 0, 0)));
    }
}
