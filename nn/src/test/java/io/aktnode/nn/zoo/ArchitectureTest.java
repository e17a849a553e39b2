package io.aktnode.nn.zoo;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.engine.GraphParameters;
import io.aktnode.nn.model.StateDict;
import java.util.Optional;
import java.util.Set;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ArchitectureTest {

    /** Parameter counts of pytorchcv's models. */
    @ParameterizedTest
    @CsvSource({"resnet20,10,272474", "resnet20,100,278324", "resnet56,10,855770"})
    void networksHaveAsManyParametersAsPytorchcvs(String name, int classes, int trained) {
        Architecture architecture = new Architecture(name, classes, 32);

        int count =
                GraphParameters.read(architecture.graph(1)).arrays().values().stream()
                        .mapToInt(array -> array.values().length)
                        .sum();

        assertEquals(trained + runningStatistics(name), count);
    }

    /** Two for each channel of each batch norm. */
    private static int runningStatistics(String name) {
        int unitsPerStage = (Integer.parseInt(name.substring(6)) - 2) / 6;
        int channels = 16 + 2 * unitsPerStage * (16 + 32 + 64) + 32 + 64;
        return 2 * channels;
    }

    @Test
    void parametersCarryPytorchcvsNames() {
        Set<String> names =
                GraphParameters.read(new Architecture("resnet8", 10, 32).graph(1))
                        .arrays()
                        .keySet();

        assertTrue(
                names.containsAll(
                        Set.of(
                                "features.init_block.conv.weight",
                                "features.stage2.unit1.identity_conv.bn.running_var",
                                "features.stage3.unit1.body.conv2.bn.bias",
                                "output.weight",
                                "output.bias")),
                names.toString());
    }

    @Test
    void aNetworkIsRecognisedByItsParameters() {
        Architecture architecture = new Architecture("resnet14", 7, 32);

        assertEquals(
                Optional.of(architecture),
                Architecture.recognise(GraphParameters.read(architecture.graph(1)), 32));
        assertEquals(Optional.empty(), Architecture.recognise(new StateDict(), 32));
    }

    @ParameterizedTest
    @ValueSource(strings = {"resnet18", "resnet2", "vgg16", "resnet", "resnet21"})
    void unknownArchitecturesAreRefusedWithTheKnownOnes(String name) {
        IllegalArgumentException thrown =
                assertThrows(IllegalArgumentException.class, () -> new Architecture(name, 10, 32));

        assertTrue(thrown.getMessage().startsWith("arch=" + name), thrown.getMessage());
        assertTrue(thrown.getMessage().contains("resnet20"), thrown.getMessage());
    }
}
