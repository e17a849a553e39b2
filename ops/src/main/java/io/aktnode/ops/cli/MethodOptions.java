package io.aktnode.ops.cli;

import java.util.List;
import picocli.CommandLine.Option;

/** Options of what a training step is, whether it is for a student or for a measurement. */
final class MethodOptions {

    @Option(
            names = "--bits",
            paramLabel = "K",
            description = "Bits of weights and activations, 2 to 8 (default 3).")
    private Integer bits;

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

    @Option(
            names = "--window",
            paramLabel = "W",
            description = "Batches in flight; 1 is lockstep and repeatable (default 1).")
    private Integer window;

    @Option(names = "--cores", paramLabel = "N", description = "Compute threads (default: all).")
    private Integer cores;

    /** {@code null} where it was not given, as are the others. */
    Integer bits() {
        return bits;
    }

    List<Integer> students() {
        return students;
    }

    void addTo(Flags flags) {
        flags.put("quantization.bits", "--bits", bits)
                // --bits means both, also where a file sets them apart or has several students.
                .put("quantization.weight-bits", "--bits", bits)
                .put("quantization.activation-bits", "--bits", bits)
                .put("quantization.students", "--bits", bits == null ? null : List.of())
                .put("quantization.students", "--students", students)
                .put("method.base", "--method", method)
                .put("method.akt", "--no-akt", noAkt ? Boolean.FALSE : null)
                .put("batch", "--batch", batch)
                .put("window", "--window", window)
                .put("cores", "--cores", cores);
    }
}
