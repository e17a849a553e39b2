package io.aktnode.ops.cli;

import io.aktnode.ops.config.Settings;
import io.aktnode.ops.job.Devices;
import io.aktnode.ops.job.LocalRuns;
import io.aktnode.ops.job.QuantizationJob;
import java.nio.file.Path;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Quantizes a user's teacher. */
@Command(
        name = "quantize",
        sortOptions = false,
        description = "Quantize a trained classifier without its training data.",
        footer = {
            "",
            "Example: akt-node quantize --teacher resnet20.pth --arch resnet20 --classes 10 \\",
            "             --bits 3 --eval cifar-10-batches-bin/test_batch.bin --out out"
        })
final class QuantizeCommand extends SettingsCommand {

    @Option(
            names = "--teacher",
            paramLabel = "FILE",
            description = "PyTorch state_dict (zip format) or safetensors.")
    private Path teacher;

    @Mixin private ModelOptions model;
    @Mixin private TrainingOptions training;

    QuantizeCommand(Console console) {
        super(console);
    }

    @Override
    Flags flags() {
        Flags flags = training.flags();
        model.addTo(flags);
        return flags.put("teacher.file", "--teacher", teacher == null ? null : teacher.toString());
    }

    @Override
    int run(Settings settings) throws Exception {
        Devices.start(settings.akt(), console().terminal()::line);
        return new RunInForeground(
                        console(),
                        settings,
                        new LocalRuns(settings, Optional.empty()),
                        JvmStopping::new)
                .run(QuantizationJob.ofUser(settings));
    }
}
