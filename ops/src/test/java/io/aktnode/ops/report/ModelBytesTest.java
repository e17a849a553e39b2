package io.aktnode.ops.report;

import static org.junit.jupiter.api.Assertions.assertEquals;

import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.QuantizationConfig;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ModelBytesTest {

    /** A 3x3 convolution 3->2, its batch norm, a dense layer 2->5. */
    private static StateDict network() {
        return new StateDict()
                .put("conv.weight", new FloatArray(new int[] {2, 3, 3, 3}, new float[54]))
                .put("bn.weight", FloatArray.vector(new float[2]))
                .put("bn.bias", FloatArray.vector(new float[2]))
                .put("bn.running_mean", FloatArray.vector(new float[2]))
                .put("bn.running_var", FloatArray.vector(new float[2]))
                .put("output.weight", new FloatArray(new int[] {5, 2}, new float[10]))
                .put("output.bias", FloatArray.vector(new float[5]));
    }

    @Test
    void countsFourBytesForEachNumberOfAFloatNetwork() {
        assertEquals((54 + 8 + 10 + 5) * 4, ModelBytes.ofFloat(network()));
    }

    @Test
    void packsWeightsAtTheirBitsAndCountsRangesBatchNormAndBiases() {
        long bytes = ModelBytes.ofQuantized(network(), QuantizationConfig.of(3), 4);

        long convolution = (54 * 3 + 7) / 8 + 2 * 8;
        long dense = (10 * 3 + 7) / 8 + 5 * 8;
        assertEquals(convolution + 4 * 2 * 4 + dense + 5 * 4 + 4 * 8, bytes);
    }

    @Test
    void countsALayersOwnBits() {
        QuantizationConfig mixed = new QuantizationConfig(3, 3, Map.of("output", 8));

        long difference =
                ModelBytes.ofQuantized(network(), mixed, 0)
                        - ModelBytes.ofQuantized(network(), QuantizationConfig.of(3), 0);

        assertEquals(10 - 4, difference);
    }
}
