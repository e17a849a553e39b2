package io.aktnode.nn.train;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.model.StateDict;
import java.util.Arrays;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class PlainLoopTest {

    private static final int STEPS = 16;

    @ParameterizedTest
    @CsvSource({"GDFQ,false", "GDFQ,true", "ADADFQ,false", "ADADFQ,true"})
    void theSameSeedGivesTheSameBitsOnAnyNumberOfThreads(BaseMethod method, boolean akt) {
        try (SmallSystem one = new SmallSystem(method, akt, 1, 5);
                SmallSystem three = new SmallSystem(method, akt, 3, 5)) {
            for (int step = 0; step < STEPS; step++) {
                one.loop.step(step);
                three.loop.step(step);
            }
            assertSame(one.student.save(), three.student.save());
            assertSame(one.generator.save(), three.generator.save());
        }
    }

    @Test
    void anotherSeedGivesAnotherStudent() {
        try (SmallSystem one = new SmallSystem(BaseMethod.ADADFQ, true, 2, 5);
                SmallSystem other = new SmallSystem(BaseMethod.ADADFQ, true, 2, 6)) {
            for (int step = 0; step < STEPS; step++) {
                one.loop.step(step);
                other.loop.step(step);
            }
            assertNotEquals(
                    one.student.save().get("output.weight").values()[0],
                    other.student.save().get("output.weight").values()[0]);
        }
    }

    @Test
    void calibrationMovesRangesAndLeavesTheWeights() {
        try (SmallSystem system = new SmallSystem(BaseMethod.ADADFQ, true, 2, 5)) {
            float[] before = system.student.save().get("output.weight").values();
            for (int step = 0; step < 10; step++) {
                assertEquals(null, system.loop.step(step).student());
            }
            assertArrayEquals(before, system.student.save().get("output.weight").values());

            assertTrue(system.loop.step(10).student().norm() > 0);

            float[] after = system.student.save().get("output.weight").values();
            assertTrue(!Arrays.equals(before, after), "the weights did not move after calibration");
        }
    }

    @Test
    void aRestoredSystemContinuesWithTheSameBits() {
        try (SmallSystem whole = new SmallSystem(BaseMethod.ADADFQ, true, 2, 5);
                SmallSystem resumed = new SmallSystem(BaseMethod.ADADFQ, true, 2, 5)) {
            for (int step = 0; step < 12; step++) {
                whole.loop.step(step);
            }
            resumed.student.restore(whole.student.save());
            resumed.generator.restore(whole.generator.save());
            for (int step = 12; step < STEPS; step++) {
                whole.loop.step(step);
                resumed.loop.step(step);
            }
            assertSame(whole.student.save(), resumed.student.save());
            assertSame(whole.generator.save(), resumed.generator.save());
        }
    }

    @Test
    void aNonFiniteGradientIsNeverApplied() {
        try (SmallSystem system = new SmallSystem(BaseMethod.ADADFQ, true, 2, 5)) {
            for (int step = 0; step < 11; step++) {
                system.loop.step(step);
            }
            StateDict before = system.student.save();
            StateDict poisoned = system.student.save();
            poisoned.get("features.stage1.unit1.body.conv1.conv.weight").values()[3] = Float.NaN;
            system.student.restore(poisoned);

            GradientReport report = system.loop.step(11).student();

            assertTrue(!report.finite(), report.toString());
            assertArrayEquals(
                    before.get("output.weight").values(),
                    system.student.save().get("output.weight").values());
        }
    }

    private static void assertSame(StateDict expected, StateDict actual) {
        assertEquals(expected.arrays().keySet(), actual.arrays().keySet());
        expected.arrays()
                .forEach(
                        (name, array) ->
                                assertArrayEquals(array.values(), actual.get(name).values(), name));
        assertEquals(expected.metadata(), actual.metadata());
    }
}
