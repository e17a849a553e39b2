package io.aktnode.ops.cli;

import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.SettingsException;
import io.aktnode.ops.job.Devices;
import io.aktnode.ops.job.Models;
import io.aktnode.ops.job.TeacherJob;
import io.aktnode.ops.report.StepLine;
import io.aktnode.ops.report.Terminal;
import java.nio.file.Path;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Trains a float teacher, for instance the embedded one. */
@Command(
        name = "train-teacher",
        sortOptions = false,
        description =
                "Train a float network on labelled images (or, without --data, on drawn ones).")
final class TrainTeacherCommand extends SettingsCommand {

    @Option(names = "--out", paramLabel = "FILE", description = "The safetensors file to write.")
    private Path out;

    @Option(
            names = "--data",
            paramLabel = "PATH",
            description = "Training images: CIFAR binary or a folder of class folders.")
    private String data;

    @Option(
            names = "--test-data",
            paramLabel = "PATH",
            description = "Images to report accuracy on (default: a tenth of --data).")
    private String testData;

    @Option(names = "--arch", paramLabel = "NAME", description = "Default resnet20.")
    private String arch;

    @Option(names = "--classes", paramLabel = "N", description = "Number of classes of --data.")
    private Integer classes;

    @Option(names = "--epochs", paramLabel = "N", description = "Passes over the images.")
    private Integer epochs;

    @Option(names = "--batch", paramLabel = "N", description = "Images in a batch.")
    private Integer batch;

    @Option(names = "--learning-rate", paramLabel = "X", description = "First; falls to 0.")
    private Double learningRate;

    @Option(names = "--seed", paramLabel = "S", description = "Of weights, order and variants.")
    private Long seed;

    @Option(names = "--cores", paramLabel = "N", description = "Compute threads (default: all).")
    private Integer cores;

    TrainTeacherCommand(Console console) {
        super(console);
    }

    @Override
    Flags flags() {
        return new Flags()
                .put("out", "--out", out == null ? null : out.toString())
                .put("train-teacher.data", "--data", data)
                .put("train-teacher.test-data", "--test-data", testData)
                .put("teacher.arch", "--arch", arch)
                .put("teacher.classes", "--classes", classes)
                .put("train-teacher.epochs", "--epochs", epochs)
                .put("train-teacher.batch", "--batch", batch)
                .put("train-teacher.learning-rate", "--learning-rate", learningRate)
                .put("train-teacher.seed", "--seed", seed)
                .put("cores", "--cores", cores);
    }

    @Override
    int run(Settings settings) {
        Path file =
                settings.akt()
                        .path("out")
                        .orElseThrow(
                                () ->
                                        new SettingsException(
                                                "there is nowhere to write to; give --out FILE,"
                                                        + " such as teacher.safetensors"));
        Models.prepare(file);
        Terminal terminal = console().terminal();
        Devices.start(settings.akt(), terminal::line);
        TeacherJob job = new TeacherJob(settings.akt());
        terminal.line(job.description());
        StepLine line =
                new StepLine(
                        terminal,
                        job.epochs(),
                        job.stepsPerEpoch(),
                        settings.akt().duration("report.progress-every"),
                        System::nanoTime);
        TeacherJob.Trained trained =
                job.run(
                        file,
                        (step, steps, loss) ->
                                line.show(
                                        step - 1,
                                        () -> String.format(Locale.ROOT, "loss %.3f", loss)));
        terminal.endLive();
        terminal.line(
                String.format(
                        Locale.ROOT,
                        "%.2f %% top-1 on %d images it was not trained on; written to %s",
                        trained.top1(),
                        trained.testImages(),
                        file));
        return ExitCode.OK;
    }
}
