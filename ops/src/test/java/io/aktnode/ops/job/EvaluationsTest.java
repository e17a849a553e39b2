package io.aktnode.ops.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aktnode.nn.data.DrawnImages;
import io.aktnode.nn.data.ImageSet;
import io.aktnode.nn.data.Normalization;
import io.aktnode.nn.engine.GraphParameters;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.zoo.Architecture;
import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.SettingsException;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class EvaluationsTest {

    private static final Architecture EMBEDDED = new Architecture("resnet20", 10, 32);

    /** How many images a command evaluates on. */
    private static int images(String command, Map<String, String> given, Architecture network) {
        Map<String, Settings.Flag> flags = new HashMap<>();
        flags.put("train-teacher.drawn-test-images", new Settings.Flag("a file", 10));
        given.forEach((path, value) -> flags.put(path, new Settings.Flag("a file", value)));
        Settings settings = Settings.load(Optional.of(command), Optional.empty(), flags);
        return Evaluations.images(settings.akt(), network).map(ImageSet::size).orElse(0);
    }

    @ParameterizedTest
    @ValueSource(strings = {"quickstart", "experiment"})
    void theDrawnImagesAreForTheEmbeddedTeacher(String command) {
        Map<String, String> another = Map.of("teacher.file", "another.pth");

        assertEquals(10, images(command, Map.of(), EMBEDDED));
        assertEquals(0, images(command, another, EMBEDDED));
    }

    @Test
    void refusesNumbersOfDrawnImagesThatAreNotEquallyManyOfEachClass() {
        Map<String, String> uneven = Map.of("train-teacher.drawn-test-images", "25");

        String refusal =
                assertThrows(SettingsException.class, () -> images("quickstart", uneven, EMBEDDED))
                        .getMessage();

        assertEquals(
                "akt.train-teacher.drawn-test-images (a file) is \"25\", expected a multiple of 10,"
                        + " as many images of each class",
                refusal);
    }

    @Test
    void refusesAStudentWithoutActivationRanges() {
        Architecture tiny = new Architecture("resnet8", 10, 32);
        Model student =
                new Model(
                        "s.safetensors",
                        GraphParameters.read(tiny.graph(1)),
                        tiny,
                        Normalization.cifar10(),
                        Optional.of(QuantizationConfig.of(3)));
        try (ComputePool pool = new ComputePool(1)) {
            Measure measure = new Measure(pool, DrawnImages.draw(10, 1));

            String refusal =
                    assertThrows(SettingsException.class, () -> measure.top1(student)).getMessage();

            assertEquals(
                    "s.safetensors says that it is quantized, but holds no range of its activation"
                            + " features.init_block.activ; give a student's file as it was written",
                    refusal);
        }
    }

    @Test
    void anotherTeacherIsEvaluatedOnThemWhereThatIsAskedForAndTheyFit() {
        Map<String, String> asked =
                Map.of("teacher.file", "another.pth", "evaluation.path", "drawn");

        assertEquals(10, images("quickstart", asked, EMBEDDED));
        for (Architecture network :
                new Architecture[] {
                    new Architecture("resnet20", 100, 32), new Architecture("resnet20", 10, 64)
                }) {
            String refusal =
                    assertThrows(
                                    SettingsException.class,
                                    () -> images("quickstart", asked, network))
                            .getMessage();
            assertEquals(
                    "the drawn images have 10 classes and 32x32 pixels, the teacher has "
                            + network.classes()
                            + " and "
                            + network.size()
                            + "x"
                            + network.size()
                            + "; give --eval PATH with images of its own, or evaluation.path = \"\""
                            + " for none",
                    refusal);
        }
    }
}
