package io.aktnode.actors.generator;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.List;
import java.util.OptionalInt;
import java.util.stream.LongStream;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class TeacherTurnsTest {

    private final TeacherTurns turns = new TeacherTurns();

    @BeforeEach
    void three() {
        turns.among(List.of(4, 0, 2), List.of());
    }

    private List<Integer> turnsFrom(long batch, int count) {
        return LongStream.range(batch, batch + count).mapToObj(turns::of).toList();
    }

    @Test
    void goRound() {
        assertEquals(List.of(0, 2, 4, 0, 2), turnsFrom(0, 5));
        assertEquals(OptionalInt.of(2), turns.insteadOf(0, 7));
        assertEquals(OptionalInt.of(0), turns.insteadOf(4, 7));
    }

    @Test
    void passOverWhoWasNotHeardForLongerEachTime() {
        assertEquals(8, turns.passOver(2, 10));
        assertEquals(8 - 2, turns.passOver(2, 12), "another batch of the same silence");

        assertEquals(List.of(0, 4, 0, 4, 0, 4, 0, 4), turnsFrom(10, 8));
        assertEquals(OptionalInt.of(4), turns.insteadOf(0, 17));
        assertEquals(List.of(0, 2, 4), turnsFrom(18, 3));
        assertEquals(64, turns.passOver(2, 19));
        assertFalse(turnsFrom(19, 64).contains(2));
        assertTrue(turnsFrom(83, 3).contains(2));
    }

    @Test
    void takeInAgainWhoServesOrIsAnother() {
        turns.passOver(0, 0);
        turns.passOver(2, 0);
        assertTrue(turns.served(0));
        assertFalse(turns.served(0));
        assertEquals(List.of(0, 4, 0, 4), turnsFrom(0, 4));

        turns.among(List.of(0, 2, 4), List.of(2));
        assertEquals(List.of(0, 2, 4), turnsFrom(0, 3));
        assertEquals(8, turns.passOver(0, 0));
    }

    @Test
    void nobodyLeftIsEverybody() {
        List.of(0, 2, 4).forEach(teacher -> turns.passOver(teacher, 0));

        assertEquals(List.of(0, 2, 4), turnsFrom(0, 3));
        assertEquals(OptionalInt.of(4), turns.insteadOf(2, 0));
        turns.among(List.of(2), List.of(0, 4));
        assertEquals(OptionalInt.empty(), turns.insteadOf(2, 0));
    }
}
