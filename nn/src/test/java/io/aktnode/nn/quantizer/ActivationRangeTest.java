package io.aktnode.nn.quantizer;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ActivationRangeTest {

    @Test
    void goesOnExactlyFromWhatItSaved() {
        ActivationRange range = new ActivationRange(3);
        range.observe(-0.25f, 1.5f);
        range.observe(0, 2);
        ActivationRange restored = new ActivationRange(3);

        restored.restore(range.save());
        range.observe(-1, 3);
        restored.observe(-1, 3);

        assertEquals(range.save(), restored.save());
    }

    @Test
    void goesOnFromARangeThatWasSet() {
        ActivationRange range = new ActivationRange(3);
        range.set(-1, 2);
        ActivationRange restored = new ActivationRange(3);

        restored.restore(range.save());

        assertEquals(-1, restored.lo());
        assertEquals(2, restored.hi());
    }

    @ParameterizedTest
    @ValueSource(
            strings = {
                "",
                "0 1",
                "0 1 2 3",
                "low 1 2",
                "0 1 2.5",
                "NaN 1 2",
                "0 Infinity 2",
                "0 1e300 2",
                "1 0 2",
                "0 1 0",
                "0 1 -2"
            })
    void refusesASavedRangeThatIsNone(String saved) {
        ActivationRange range = new ActivationRange(3);

        String refusal =
                assertThrows(IllegalArgumentException.class, () -> range.restore(saved))
                        .getMessage();

        assertEquals(
                "saved activation range \""
                        + saved
                        + "\" must hold two finite numbers in order and the number of batches",
                refusal);
        assertFalse(range.calibrated());
    }
}
