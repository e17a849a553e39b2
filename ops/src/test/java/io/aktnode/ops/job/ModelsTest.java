package io.aktnode.ops.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.data.Normalization;
import io.aktnode.nn.engine.GraphParameters;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.Safetensors;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.zoo.Architecture;
import io.aktnode.ops.config.SettingsException;
import io.aktnode.ops.config.TeacherSettings;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ModelsTest {

    private static final Architecture TINY = new Architecture("resnet8", 4, 16);
    private static final Normalization OWN =
            new Normalization(List.of(0.1, 0.2, 0.3), List.of(0.4, 0.5, 0.6));

    @TempDir private Path directory;

    private static TeacherSettings only(Path file) {
        return new TeacherSettings(
                Optional.of(file),
                Optional.empty(),
                OptionalInt.empty(),
                OptionalInt.empty(),
                Optional.empty());
    }

    private static StateDict weights() {
        return GraphParameters.read(TINY.graph(1));
    }

    @Test
    void aFileOfOursSaysAllThatIsNeededToUseIt() {
        Path file = directory.resolve("m.safetensors");
        QuantizationConfig bits = new QuantizationConfig(3, 4, Map.of("output", 8));
        StateDict student =
                weights()
                        .put("features.init_block.activ.range", FloatArray.vector(0, 3.5f))
                        .put("optimizer/momentum/output.bias", FloatArray.vector(1, 2, 3, 4));

        Models.write(new Model("m", student, TINY, OWN, Optional.of(bits)), file);
        Model read = Models.load(only(file));

        assertEquals(TINY, read.architecture());
        assertEquals(OWN, read.normalization());
        assertEquals(Optional.of(bits), read.quantization());
        assertArrayEquals(
                new float[] {0, 3.5f},
                read.weights().get("features.init_block.activ.range").values());
        assertFalse(read.weights().contains("optimizer/momentum/output.bias"));
        assertEquals(1, Models.activationRanges(read.weights()));
    }

    @Test
    void asksForWhatAFileDoesNotSay() {
        Path file = directory.resolve("bare.safetensors");
        Safetensors.write(file, new StateDict().put("fc.bias", FloatArray.vector(1, 2)));

        String noArchitecture =
                assertThrows(SettingsException.class, () -> Models.load(only(file))).getMessage();

        assertEquals(
                file + " does not say its architecture; give --arch, such as resnet20",
                noArchitecture);
    }

    @Test
    void knowsABuiltInNetworkByTheNamesOfItsParameters() {
        Path file = directory.resolve("bare.safetensors");
        Safetensors.write(file, weights());

        Model model = Models.load(only(file));

        assertEquals("resnet8", model.architecture().name());
        assertEquals(4, model.architecture().classes());
        assertEquals(Normalization.cifar10(), model.normalization());
    }

    @Test
    void theEmbeddedTeacherIsSmallAndWhole() {
        Model teacher = Models.load(only(TeacherSettings.EMBEDDED));

        assertEquals(10, teacher.architecture().classes());
        assertEquals(32, teacher.architecture().size());
        assertTrue(teacher.quantization().isEmpty());
    }
}
