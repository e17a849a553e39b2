package io.aktnode.ops.config;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.aktnode.actors.run.RunEnvironment;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.MethodConfig;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.Schedule;
import io.aktnode.nn.train.TrainingConfig;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class SettingsTest {

    @TempDir private Path directory;

    private Settings load(String file, Map<String, Settings.Flag> flags) throws IOException {
        Path path = directory.resolve("my.conf");
        Files.writeString(path, file);
        return Settings.load(Optional.empty(), Optional.of(path), flags);
    }

    private String refusal(String file) {
        return assertThrows(
                        SettingsException.class,
                        () -> TrainingSettings.read(load(file, Map.of()).akt()))
                .getMessage();
    }

    @Test
    void defaultsAreThoseOfTheTrainingRecords() {
        Settings settings = Settings.load(Optional.empty(), Optional.empty(), Map.of());

        TrainingConfig read = TrainingSettings.read(settings.akt());

        assertEquals(
                TrainingConfig.of(
                        MethodConfig.of(BaseMethod.ADADFQ, true),
                        QuantizationConfig.of(3),
                        Schedule.of(20, 200)),
                read);
    }

    @Test
    void defaultsOfSupervisorAndTransportAreThoseOfTheirRecords() {
        Settings settings = Settings.load(Optional.empty(), Optional.empty(), Map.of());

        RunEnvironment read = RunSettings.read(settings.akt());

        assertEquals(RunEnvironment.defaults().policy(), read.policy());
        assertEquals(RunEnvironment.defaults().dataPlane(), read.dataPlane());
    }

    @Test
    void refusesSectionsNestedWithoutEnd() {
        assertTrue(refusal("a {\n".repeat(50_000)).contains("nests sections too deeply"));
    }

    @Test
    void refusesALineThatIsTooLongToBeASetting() {
        assertTrue(refusal("a.".repeat(5_000) + "a = 1").contains("a line of more than 4096"));
    }

    @Test
    void refusesMoreSubstitutionsThanSettingsNeed() {
        assertTrue(
                refusal("a = ${akt.seed}\n".repeat(101))
                        .contains("has more than 100 substitutions"));
    }

    @Test
    void refusesASectionPutTogetherBySubstitution() {
        String refusal = refusal("akt = ${akt.shards}\nakt.teacher { classes = 10 }");

        assertTrue(refusal.contains("is put together by a substitution ${...}"), refusal);
    }

    @Test
    void refusesNullAndWhatIsNoSectionWhereOneBelongs() {
        assertTrue(refusal("akt.batch = null").contains("expected akt.batch = a whole number"));
        assertTrue(
                refusal("akt.schedule = [1]")
                        .contains("expected akt.schedule.epochs = a whole number"));
    }

    @Test
    void refusesAFileThatIsTooLargeToBeSettings() {
        assertTrue(refusal("# much\n".repeat(200_000)).contains("is it the right file?"));
    }

    @Test
    void aFlagBeatsTheFileAndTheFileBeatsTheDefault() throws IOException {
        Settings settings =
                load(
                        "akt { batch = 32, seed = 7 }",
                        Map.of("seed", new Settings.Flag("--seed", 9)));

        TrainingConfig read = TrainingSettings.read(settings.akt());

        assertEquals(32, read.batchSize());
        assertEquals(9, read.seed());
        assertEquals(4, read.shards());
    }

    @Test
    void aFileBeatsTheEnvironmentWhichBeatsTheDefault() {
        // A substitution finds the variable among the settings as it would in the environment.
        Config defaults =
                ConfigFactory.parseMap(Map.of("AKT_BATCH", "48"))
                        .withFallback(ConfigFactory.defaultReferenceUnresolved());

        Config fromEnvironment = defaults.resolve();
        Config fromFile =
                ConfigFactory.parseString("akt.batch = 32").withFallback(defaults).resolve();

        assertEquals(48, fromEnvironment.getInt("akt.batch"));
        assertEquals(32, fromFile.getInt("akt.batch"));
    }

    @Test
    void weightsAndActivationsFollowBitsUnlessGivenApart() throws IOException {
        Settings settings = load("akt.quantization { bits = 5, activation-bits = 8 }", Map.of());

        QuantizationConfig read = TrainingSettings.read(settings.akt()).quantization();

        assertEquals(5, read.weightBits());
        assertEquals(8, read.activationBits());
    }

    @Test
    void layersMayHaveOtherWidths() throws IOException {
        Settings settings =
                load(
                        "akt.quantization.weight-bits-by-layer {"
                                + " \"features.init_block.conv\" = 8, output = 4 }",
                        Map.of());

        QuantizationConfig read = TrainingSettings.read(settings.akt()).quantization();

        assertEquals(Map.of("features.init_block.conv", 8, "output", 4), read.weightBitsByLayer());
    }

    @Test
    void anUnknownKeyIsRefusedWithItsPlaceAndTheNearestKey() {
        String section = refusal("akt { quantisation { bits = 3 } }");
        String key = refusal("akt {\n  schedule {\n    epoch = 3\n  }\n}");
        String misplaced = refusal("akt { weight-bits = 3 }");

        assertTrue(section.startsWith("akt.quantisation ("), section);
        assertTrue(section.endsWith("the nearest is akt.quantization"), section);
        assertTrue(key.contains("my.conf: 3"), key);
        assertTrue(key.endsWith("the nearest is akt.schedule.epochs"), key);
        assertTrue(misplaced.endsWith("the nearest is akt.quantization.weight-bits"), misplaced);
    }

    @Test
    void aSettingOfAnEarlierVersionIsRefusedWithWhatToGiveInstead() {
        String renamed = refusal("akt.supervisor.rescales-per-hour = 60");

        assertTrue(renamed.contains(") is no longer a setting; give "), renamed);
        assertTrue(renamed.contains("akt.supervisor.rescales-per-thousand-steps"), renamed);
    }

    @Test
    void aWrongValueIsRefusedWithKeyValuePlaceAndWhatIsExpected() {
        String range = refusal("akt.quantization.bits = 9");
        String type = refusal("akt.batch = many");
        String choice = refusal("akt.method.base = gdqf");
        String record = refusal("akt.student.momentum = 2");

        assertTrue(range.startsWith("akt.quantization.weight-bits ("), range);
        assertTrue(range.endsWith(" is 9, expected a whole number from 2 to 8"), range);
        assertTrue(type.endsWith(" is \"many\", expected a whole number"), type);
        assertTrue(choice.endsWith(" is \"gdqf\", expected one of gdfq, adadfq"), choice);
        assertEquals("student momentum=2.0 must be at least 0 and below 1", record);
    }

    @Test
    void aWrongFlagIsCalledByItsOwnName() {
        Settings settings =
                Settings.load(
                        Optional.empty(),
                        Optional.empty(),
                        Map.of("batch", new Settings.Flag("--batch", 1)));

        String message =
                assertThrows(SettingsException.class, () -> TrainingSettings.read(settings.akt()))
                        .getMessage();

        assertEquals("--batch is 1, expected a whole number from 2 to 4096", message);
    }

    @Test
    void aMissingOrBrokenFileIsRefusedInOneSentence() {
        String missing =
                assertThrows(
                                SettingsException.class,
                                () ->
                                        Settings.load(
                                                Optional.empty(),
                                                Optional.of(directory.resolve("none.conf")),
                                                Map.of()))
                        .getMessage();
        String broken = refusal("akt { batch = ");

        assertTrue(missing.endsWith("none.conf is not there or not a file; check the path"));
        assertTrue(broken.startsWith("configuration file is not valid HOCON: "), broken);
    }

    @Test
    void aRunShorterThanTheCalibrationCalibratesAllTheWay() throws IOException {
        Settings settings = load("akt.schedule.epochs = 2", Map.of());

        assertEquals(2, TrainingSettings.read(settings.akt()).schedule().calibrationEpochs());
    }

    @Test
    void refusesARunWithoutCalibration() {
        String refusal = refusal("akt.schedule.calibration-epochs = 0");

        assertTrue(refusal.endsWith(" is 0, expected a whole number 1 or more"), refusal);
    }

    @Test
    void whatIsPrintedCanBeGivenBackAndSaysWhereValuesComeFrom() throws IOException {
        Settings first = load("akt.batch = 32", Map.of("seed", new Settings.Flag("--seed", 9)));

        String printed = first.print();
        Settings again = load(printed, Map.of());

        assertEquals(first.effective(), again.effective());
        assertTrue(printed.lines().anyMatch(line -> line.matches(" +seed = 9 +# --seed")));
        assertTrue(printed.lines().anyMatch(line -> line.matches(" +batch = 32 +# .*my.conf: 1")));
        assertTrue(printed.lines().anyMatch(line -> line.matches(" +window = 1 +# default")));
        assertFalse(printed.contains("akka"));
    }

    @Test
    void theQuickstartHasDefaultsOfItsOwnUnderTheUsersFile() {
        Settings settings = Settings.load(Optional.of("quickstart"), Optional.empty(), Map.of());

        assertEquals(
                TeacherSettings.EMBEDDED,
                TeacherSettings.read(settings.akt()).file().orElseThrow());
        assertEquals("auto", settings.akt().text("evaluation.path"));
    }

    @Test
    void meanAndStdComeTogetherAndInThrees() {
        String message =
                assertThrows(
                                SettingsException.class,
                                () ->
                                        TeacherSettings.read(
                                                load("akt.teacher.mean = [0.5, 0.5]", Map.of())
                                                        .akt()))
                        .getMessage();

        assertTrue(message.endsWith("expected three numbers for R, G, B, given with std"));
    }
}
