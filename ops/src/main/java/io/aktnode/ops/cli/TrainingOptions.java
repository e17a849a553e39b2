package io.aktnode.ops.cli;

import io.aktnode.ops.config.SettingsException;
import java.nio.file.Path;
import java.util.List;
import picocli.CommandLine.Option;

/** Options of a quantization run, whoever's teacher it is. */
final class TrainingOptions {

    @Option(
            names = "--bits",
            paramLabel = "K",
            description = "Bits of weights and activations, 2 to 8 (default 3).")
    private Integer bits;

    @Option(names = "--weight-bits", paramLabel = "K", description = "Bits of weights alone.")
    private Integer weightBits;

    @Option(
            names = "--activation-bits",
            paramLabel = "K",
            description = "Bits of activations alone.")
    private Integer activationBits;

    @Option(
            names = "--students",
            paramLabel = "K1,K2,…",
            split = ",",
            description = "Several students at once, of these bits, on the same images.")
    private List<Integer> students;

    @Option(
            names = "--method",
            paramLabel = "gdfq|adadfq",
            description = "Base method (default adadfq).")
    private String method;

    @Option(
            names = "--no-akt",
            description = "The base method alone, without AKT's attention distillation.")
    private boolean noAkt;

    @Option(names = "--batch", paramLabel = "N", description = "Images in a batch (default 16).")
    private Integer batch;

    @Option(names = "--epochs", paramLabel = "N", description = "Epochs; the first 4 calibrate.")
    private Integer epochs;

    @Option(names = "--steps-per-epoch", paramLabel = "N", description = "Batches in an epoch.")
    private Integer stepsPerEpoch;

    @Option(
            names = "--window",
            paramLabel = "W",
            description = "Batches in flight; 1 is lockstep and repeatable (default 1).")
    private Integer window;

    @Option(names = "--seed", paramLabel = "S", description = "Of all random numbers (default 1).")
    private Long seed;

    @Option(names = "--cores", paramLabel = "N", description = "Compute threads (default: all).")
    private Integer cores;

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
        if (students != null && (bits != null || weightBits != null || activationBits != null)) {
            throw new SettingsException(
                    "--students gives the bits of every student; leave out --bits, --weight-bits and"
                            + " --activation-bits");
        }
        return new Flags()
                .put("quantization.bits", "--bits", bits)
                // --bits means both, also where a file sets them apart.
                .put("quantization.weight-bits", "--bits", bits)
                .put("quantization.activation-bits", "--bits", bits)
                .put("quantization.weight-bits", "--weight-bits", weightBits)
                .put("quantization.activation-bits", "--activation-bits", activationBits)
                .put("quantization.students", "--students", students)
                .put("method.base", "--method", method)
                .put("method.akt", "--no-akt", noAkt ? Boolean.FALSE : null)
                .put("batch", "--batch", batch)
                .put("schedule.epochs", "--epochs", epochs)
                .put("schedule.steps-per-epoch", "--steps-per-epoch", stepsPerEpoch)
                .put("window", "--window", window)
                .put("seed", "--seed", seed)
                .put("supervisor.dry-run", "--dry-run-interventions", dryRun ? Boolean.TRUE : null)
                .put("cores", "--cores", cores)
                .put("device", "--device", device)
                .put("out", "--out", out == null ? null : out.toString())
                .put("resume", "--resume", resume ? Boolean.TRUE : null);
    }
}
