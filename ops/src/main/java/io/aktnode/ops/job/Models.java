package io.aktnode.ops.job;

import io.aktnode.nn.data.Normalization;
import io.aktnode.nn.engine.GraphParameters;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.ModelFileException;
import io.aktnode.nn.model.ModelFiles;
import io.aktnode.nn.model.Safetensors;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.model.StateDicts;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.zoo.Architecture;
import io.aktnode.ops.config.SettingsException;
import io.aktnode.ops.config.TeacherSettings;
import java.io.IOException;
import java.io.InputStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalInt;

/** Reads and writes models; what a file does not say of itself comes from the settings. */
public final class Models {

    private static final String EMBEDDED = "teacher.safetensors";
    private static final int DEFAULT_SIZE = 32;

    private Models() {}

    /**
     * The model the settings name.
     *
     * @throws ModelFileException for a file that cannot be used
     * @throws SettingsException when there is none, or neither file nor settings say what network
     *     it is
     */
    public static Model load(TeacherSettings settings) {
        Path file =
                settings.file()
                        .orElseThrow(
                                () ->
                                        new SettingsException(
                                                "there is no teacher to quantize; give --teacher"
                                                        + " FILE (or try akt-node quickstart)"));
        return file.equals(TeacherSettings.EMBEDDED) ? embedded(settings) : read(file, settings);
    }

    /** The small network trained on the drawn images, from the jar. */
    private static Model embedded(TeacherSettings settings) {
        Path copy = null;
        try (InputStream in = Models.class.getResourceAsStream(EMBEDDED)) {
            copy = Files.createTempFile("akt-teacher", ".safetensors");
            Files.copy(in, copy, StandardCopyOption.REPLACE_EXISTING);
            Model model = read(copy, settings);
            return new Model(
                    "the embedded teacher",
                    model.weights(),
                    model.architecture(),
                    model.normalization(),
                    model.quantization());
        } catch (IOException e) {
            throw new SettingsException(
                    "the embedded teacher cannot be unpacked to "
                            + System.getProperty("java.io.tmpdir")
                            + " ("
                            + e.getMessage()
                            + "); free some space there",
                    e);
        } finally {
            delete(copy);
        }
    }

    private static void delete(Path file) {
        try {
            if (file != null) {
                Files.deleteIfExists(file);
            }
        } catch (IOException e) {
            file.toFile().deleteOnExit();
        }
    }

    private static Model read(Path file, TeacherSettings settings) {
        StateDict state = ModelFiles.read(file);
        try {
            return model(file, state, settings);
        } catch (IllegalArgumentException e) {
            // What a file says of itself, or a user of it, may make no network.
            throw new ModelFileException(file, e.getMessage(), e);
        }
    }

    private static Model model(Path file, StateDict state, TeacherSettings settings) {
        Architecture architecture = architecture(file, state, settings);
        Normalization normalization =
                settings.normalization()
                        .or(() -> ModelMetadata.normalization(state))
                        .orElseGet(Normalization::cifar10);
        Optional<QuantizationConfig> quantization = ModelMetadata.quantization(state);
        ActivationRanges.require(state);
        StateDict weights =
                StateDicts.match(file, state, architecture.name(), expected(architecture, state));
        return new Model(
                file.getFileName().toString(), weights, architecture, normalization, quantization);
    }

    /** What the settings say, else the file's metadata, else the names of its parameters. */
    private static Architecture architecture(Path file, StateDict state, TeacherSettings settings) {
        int size =
                given(settings.imageSize())
                        .or(() -> ModelMetadata.imageSize(state))
                        .orElse(DEFAULT_SIZE);
        Optional<Architecture> recognised = Architecture.recognise(state, size);
        String name =
                settings.architecture()
                        .or(() -> ModelMetadata.architecture(state))
                        .or(() -> recognised.map(Architecture::name))
                        .orElseThrow(
                                () ->
                                        missing(
                                                file,
                                                "its architecture",
                                                "--arch, such as resnet20"));
        int classes =
                given(settings.classes())
                        .or(() -> ModelMetadata.classes(state))
                        .or(() -> recognised.map(Architecture::classes))
                        .orElseThrow(() -> missing(file, "its number of classes", "--classes"));
        return new Architecture(name, classes, size);
    }

    private static Optional<Integer> given(OptionalInt setting) {
        return setting.isPresent() ? Optional.of(setting.getAsInt()) : Optional.empty();
    }

    private static SettingsException missing(Path file, String what, String flag) {
        return new SettingsException(file + " does not say " + what + "; give " + flag);
    }

    /** The network's parameters, and the activation ranges that are there. */
    private static Map<String, int[]> expected(Architecture architecture, StateDict state) {
        Map<String, int[]> expected = new LinkedHashMap<>();
        GraphParameters.read(architecture.graph(0))
                .arrays()
                .forEach((name, array) -> expected.put(name, array.shape()));
        for (Map.Entry<String, FloatArray> entry : state.arrays().entrySet()) {
            if (ActivationRanges.isTensor(entry.getKey())) {
                expected.put(entry.getKey(), entry.getValue().shape());
            }
        }
        return expected;
    }

    /**
     * Makes the directory a model is to be written to, before there is anything to lose.
     *
     * @throws SettingsException if the file cannot be written
     */
    public static void prepare(Path file) {
        if (Files.isDirectory(file)) {
            throw new SettingsException(
                    "--out "
                            + file
                            + " is a directory, expected a file to write; give one, such as "
                            + file.resolve("teacher.safetensors"));
        }
        Path directory = file.toAbsolutePath().getParent();
        try {
            // An existing link to a directory would be refused.
            if (!Files.isDirectory(directory)) {
                Files.createDirectories(directory);
            }
        } catch (IOException e) {
            throw new SettingsException(
                    "--out "
                            + file
                            + " is in "
                            + directory
                            + ", which cannot be made a directory ("
                            + e
                            + "); give another file",
                    e);
        }
        if (!Files.isWritable(directory)) {
            throw new SettingsException(
                    "--out "
                            + file
                            + " is in "
                            + directory
                            + ", where this user may not write; give another file");
        }
    }

    /**
     * Writes a model as safetensors that says what it holds: parameters and activation ranges. What
     * else a role saves, such as momenta, is left out.
     */
    public static void write(Model model, Path file) {
        StateDict state = new StateDict();
        expected(model.architecture(), model.weights())
                .keySet()
                .forEach(name -> state.put(name, model.weights().get(name)));
        model.weights()
                .metadata()
                .forEach(
                        (key, value) -> {
                            if (ActivationRanges.isMetadata(key)) {
                                state.putMetadata(key, value);
                            }
                        });
        ModelMetadata.describe(
                state, model.architecture(), model.normalization(), model.quantization());
        Safetensors.write(file, state);
    }
}
