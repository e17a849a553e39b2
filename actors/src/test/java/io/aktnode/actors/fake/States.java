package io.aktnode.actors.fake;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aktnode.nn.model.StateDict;

/** Compares states bit for bit. */
public final class States {

    private States() {}

    public static void assertSame(StateDict expected, StateDict actual) {
        assertEquals(expected.arrays().keySet(), actual.arrays().keySet());
        expected.arrays()
                .forEach(
                        (name, array) ->
                                assertArrayEquals(array.values(), actual.get(name).values(), name));
    }
}
