package io.aktnode.ops.job;

import static org.junit.jupiter.api.Assertions.assertArrayEquals;
import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.nn.data.Normalization;
import io.aktnode.nn.engine.GraphParameters;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.ModelFileException;
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
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

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
        assertEquals(1, ActivationRanges.count(read.weights()));
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

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "arch|vgg16|arch=vgg16 is unknown",
                "classes|many|metadata classes is \"many\", expected a whole number from 1 to 100000",
                "classes|100001|metadata classes is \"100001\"",
                "image_size|4100|metadata image_size is \"4100\", expected a whole number from 1 to",
                "image_size|30|image size=30 must be a multiple of 4",
                "mean|0.5,0.5|metadata mean is \"0.5,0.5\", expected three finite numbers",
                "mean|0.5,0.5,grey|metadata mean is \"0.5,0.5,grey\", expected three finite",
                "std|1,1,0|must be greater than 0",
                "std|1,1,NaN|metadata std is \"1,1,NaN\", expected three finite numbers",
                "weight_bits|three|metadata weight_bits is \"three\", expected a whole number",
                "weight_bits|1|weight-bits",
                "activation_bits|' '|metadata activation_bits are missing beside weight_bits",
                "weight_bits_by_layer|output|metadata weight_bits_by_layer is \"output\", expected",
                "range/output|1 0 5|range/output: saved activation range \"1 0 5\" must hold",
            })
    void metadataThatMakeNoNetworkAreRefusedWithTheFile(String key, String value, String why) {
        Path file = directory.resolve("m.safetensors");
        StateDict state = weights();
        ModelMetadata.describe(state, TINY, OWN, Optional.of(QuantizationConfig.of(3)));
        Safetensors.write(file, state.putMetadata(key, value));

        String refusal =
                assertThrows(ModelFileException.class, () -> Models.load(only(file))).getMessage();

        assertTrue(refusal.startsWith(file + ": "), refusal);
        assertTrue(refusal.contains(why), refusal);
    }

    @Test
    void refusesAnActivationRangeThatIsNone() {
        Path file = directory.resolve("m.safetensors");
        for (float[] range : new float[][] {{0}, {1, 0}, {0, Float.NaN}}) {
            StateDict state = weights().put("output.range", FloatArray.vector(range));
            Safetensors.write(file, state);

            String refusal =
                    assertThrows(ModelFileException.class, () -> Models.load(only(file)))
                            .getMessage();

            assertTrue(refusal.startsWith(file + ": output.range: activation range "), refusal);
        }
    }

    @Test
    void theEmbeddedTeacherIsSmallAndWhole() {
        Model teacher = Models.load(only(TeacherSettings.EMBEDDED));

        assertEquals(10, teacher.architecture().classes());
        assertEquals(32, teacher.architecture().size());
        assertTrue(teacher.quantization().isEmpty());
    }
}
