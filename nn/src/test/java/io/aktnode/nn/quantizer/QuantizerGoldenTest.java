package io.aktnode.nn.quantizer;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.golden.Golden;
import io.aktnode.nn.kernel.Kernels;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.kernel.UniformQuantizer;
import java.util.Arrays;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;

/** Weight and activation quantizers and the moving ranges against PyTorch. */
@Tag("golden")
class QuantizerGoldenTest {

    /** The range the file's activations were quantized with. */
    private static final float LO = 0;

    private static final float HI = 3;

    private final Golden golden = Golden.open("quantizers.npz");

    @Test
    void quantizedWeightsEqualPyTorchs() {
        int widths = 0;
        for (String name : golden.names()) {
            if (name.startsWith("weight_quantized_")) {
                widths++;
                try (Tensor weights = golden.tensor("weight");
                        Tensor quantized = Tensor.allocate(weights.shape())) {
                    WeightQuantizer.quantize(weights, Golden.bitsOf(name), quantized);
                    assertArrayEquals(golden.floats(name), quantized.toFloats(), 1e-6f, name);
                }
            }
        }
        assertTrue(widths > 0, "no weight_quantized_<k>bit in " + golden);
    }

    @Test
    void quantizedActivationsEqualPyTorchs() {
        int widths = 0;
        for (String name : golden.names()) {
            if (name.startsWith("activation_quantized_")) {
                widths++;
                UniformQuantizer quantizer = UniformQuantizer.of(Golden.bitsOf(name), LO, HI);
                try (Tensor activation = golden.tensor("activation")) {
                    Kernels.fastest().quantize(activation, quantizer, activation);
                    assertArrayEquals(golden.floats(name), activation.toFloats(), 1e-6f, name);
                }
            }
        }
        assertTrue(widths > 0, "no activation_quantized_<k>bit in " + golden);
    }

    @Test
    void movingRangesEqualPyTorchs() {
        float[] inputs = golden.floats("range_inputs");
        float[] expected = golden.floats("range_lo_hi");
        int batches = golden.shape("range_inputs")[0];
        int each = inputs.length / batches;
        ActivationRange range = new ActivationRange(3);
        for (int i = 0; i < batches; i++) {
            float[] batch = Arrays.copyOfRange(inputs, i * each, (i + 1) * each);
            Arrays.sort(batch);

            range.observe(batch[0], batch[each - 1]);

            float[] now = {range.lo(), range.hi()};
            float[] then = {expected[2 * i], expected[2 * i + 1]};
            assertArrayEquals(then, now, 1e-5f, "after batch " + i);
        }
    }
}
