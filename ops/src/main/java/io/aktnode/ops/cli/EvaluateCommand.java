package io.aktnode.ops.cli;

import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.TeacherSettings;
import io.aktnode.ops.job.Devices;
import io.aktnode.ops.job.Evaluations;
import io.aktnode.ops.job.Model;
import io.aktnode.ops.job.Models;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Accuracy of a teacher or of a quantized student. */
@Command(
        name = "evaluate",
        sortOptions = false,
        description = "Report a model's top-1 accuracy: a float teacher or a quantized student.")
final class EvaluateCommand extends SettingsCommand {

    @Option(
            names = "--model",
            paramLabel = "FILE",
            required = true,
            description = "PyTorch state_dict, safetensors, or a student.safetensors of ours.")
    private Path model;

    @Mixin private ModelOptions description;

    EvaluateCommand(Console console) {
        super(console);
    }

    @Override
    Flags flags() {
        Flags flags = new Flags().put("teacher.file", "--model", model.toString());
        description.addTo(flags);
        return flags;
    }

    @Override
    int run(Settings settings) {
        Devices.start(settings.akt(), console().terminal()::line);
        Model loaded = Models.load(TeacherSettings.read(settings.akt()));
        Evaluations.Accuracy accuracy = Evaluations.top1(loaded, settings.akt());
        String kind =
                loaded.quantization()
                        .map(
                                bits ->
                                        bits.weightBits()
                                                + "-bit weights, "
                                                + bits.activationBits()
                                                + "-bit activations")
                        .orElse("float32");
        console()
                .terminal()
                .line(
                        String.format(
                                Locale.ROOT,
                                "%s (%s, %s): %.2f %% top-1 on %d images",
                                loaded.name(),
                                loaded.architecture().name(),
                                kind,
                                accuracy.top1(),
                                accuracy.images()));
        return ExitCode.OK;
    }
}
