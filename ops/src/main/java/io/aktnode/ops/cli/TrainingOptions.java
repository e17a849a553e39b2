package io.aktnode.ops.cli;

import io.aktnode.ops.config.SettingsException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Mixin;
import picocli.CommandLine.Option;

/** Options of a quantization run, whoever's teacher it is. */
final class TrainingOptions {

    @Mixin private MethodOptions method;

    @Option(names = "--weight-bits", paramLabel = "K", description = "Bits of weights alone.")
    private Integer weightBits;

    @Option(
            names = "--activation-bits",
            paramLabel = "K",
            description = "Bits of activations alone.")
    private Integer activationBits;

    @Option(
            names = "--epochs",
            paramLabel = "N",
            description = "Epochs, those that calibrate included.")
    private Integer epochs;

    @Option(names = "--steps-per-epoch", paramLabel = "N", description = "Batches in an epoch.")
    private Integer stepsPerEpoch;

    @Option(names = "--seed", paramLabel = "S", description = "Of all random numbers (default 1).")
    private Long seed;

    @Option(
            names = "--device",
            paramLabel = "cpu|cuda:N",
            description = "Where to compute (default: a usable card of a CUDA build, else cpu).")
    private String device;

    @Option(
            names = "--out",
            paramLabel = "DIR",
            description = "Checkpoints, result.json, metrics, plots.")
    private Path out;

    @Option(
            names = "--resume",
            description = "Continue from the newest complete checkpoint in --out.")
    private boolean resume;

    @Option(
            names = "--dry-run-interventions",
            description = "Only report what the supervisor would do about trouble.")
    private boolean dryRun;

    Flags flags() {
        if (method.students() != null
                && (method.bits() != null || weightBits != null || activationBits != null)) {
            throw new SettingsException(
                    "--students gives the bits of every student; leave out --bits, --weight-bits and"
                            + " --activation-bits");
        }
        Flags flags = new Flags();
        method.addTo(flags);
        // They are of a single student, also where a file has several.
        List<Integer> none = List.of();
        return flags.put("quantization.weight-bits", "--weight-bits", weightBits)
                .put("quantization.students", "--weight-bits", weightBits == null ? null : none)
                .put("quantization.activation-bits", "--activation-bits", activationBits)
                .put(
                        "quantization.students",
                        "--activation-bits",
                        activationBits == null ? null : none)
                .put("schedule.epochs", "--epochs", epochs)
                .put("schedule.steps-per-epoch", "--steps-per-epoch", stepsPerEpoch)
                .put("seed", "--seed", seed)
                .put("supervisor.dry-run", "--dry-run-interventions", dryRun ? Boolean.TRUE : null)
                .put("device", "--device", device)
                .put("out", "--out", out == null ? null : out.toString())
                .put("resume", "--resume", resume ? Boolean.TRUE : null);
    }
}
