package io.aktnode.nn.train;

import java.util.Locale;

/** The generative zero-shot quantization method whose losses are used; AKT is a switch on each. */
public enum BaseMethod {
    GDFQ,
    ADADFQ;

    /** The name used in flags, configuration and reports: {@code gdfq} or {@code adadfq}. */
    public String label() {
        return name().toLowerCase(Locale.ROOT);
    }

    /**
     * Whether the generator's loss reads the students' logits (and so needs their input gradients).
     */
    public boolean generatorReadsStudent() {
        return this == ADADFQ;
    }

    public static BaseMethod parse(String label) {
        for (BaseMethod method : values()) {
            if (method.label().equals(label.toLowerCase(Locale.ROOT))) {
                return method;
            }
        }
        throw new IllegalArgumentException(
                "method=" + label + " is unknown; choose gdfq or adadfq");
    }
}
