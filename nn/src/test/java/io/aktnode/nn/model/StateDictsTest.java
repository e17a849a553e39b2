package io.aktnode.nn.model;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import java.nio.file.Path;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class StateDictsTest {

    private final Map<String, int[]> expected = new LinkedHashMap<>();

    StateDictsTest() {
        expected.put("weight", new int[] {2, 3});
        expected.put("bias", new int[] {2});
    }

    @Test
    void ordersTheTensorsAsTheNetworkExpectsThem() {
        StateDict dictionary =
                new StateDict()
                        .put("bias", FloatArray.vector(1, 2))
                        .put("weight", new FloatArray(new int[] {2, 3}, new float[6]))
                        .putMetadata("k", "v");

        StateDict matched = StateDicts.match(Path.of("m"), dictionary, "net", expected);

        assertEquals(List.of("weight", "bias"), List.copyOf(matched.arrays().keySet()));
        assertEquals("v", matched.metadata("k"));
    }

    @Test
    void namesMissingWronglyShapedAndExtraTensorsInOneMessage() {
        StateDict dictionary =
                new StateDict()
                        .put("weight", new FloatArray(new int[] {3, 2}, new float[6]))
                        .put("gamma", FloatArray.vector(1));

        ModelFileException e =
                assertThrows(
                        ModelFileException.class,
                        () -> StateDicts.match(Path.of("m"), dictionary, "resnet20", expected));

        assertEquals(
                "m: does not fit resnet20; missing: bias [2]; of another shape: weight [3, 2]"
                        + " (expected [2, 3]); not expected: gamma [1]; check the architecture and"
                        + " the number of classes",
                e.getMessage());
    }
}
