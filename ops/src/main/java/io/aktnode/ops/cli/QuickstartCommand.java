package io.aktnode.ops.cli;

import io.aktnode.ops.config.Settings;
import io.aktnode.ops.job.Devices;
import io.aktnode.ops.job.LocalRuns;
import io.aktnode.ops.job.QuantizationJob;
import java.util.Optional;
import picocli.CommandLine.Command;
import picocli.CommandLine.Mixin;

/** The whole system on the embedded teacher and the drawn images. */
@Command(
        name = "quickstart",
        sortOptions = false,
        description = "The whole system in a few minutes, on the embedded teacher.")
final class QuickstartCommand extends SettingsCommand {

    @Mixin private TrainingOptions training;

    QuickstartCommand(Console console) {
        super(console);
    }

    @Override
    Optional<String> defaults() {
        return Optional.of("quickstart");
    }

    @Override
    Flags flags() {
        return training.flags();
    }

    @Override
    int run(Settings settings) throws Exception {
        Devices.start(settings.akt(), console().terminal()::line);
        return new RunInForeground(
                        console(),
                        settings,
                        new LocalRuns(settings, Optional.empty()),
                        JvmStopping::new)
                .run(QuantizationJob.ofQuickstart(settings));
    }
}
