package io.aktnode.ops.bench;

import java.util.ArrayList;
import java.util.List;

/**
 * How much work a step is.
 *
 * @param batch images
 * @param depth of the CIFAR ResNet that is teacher and student
 */
record ScalingCase(int batch, int depth) {

    /** What is varied while the rest stays as it is. */
    enum Sweep {
        BATCH("batch", List.of(16, 32, 64, 128, 256, 512)),
        DEPTH("depth", List.of(8, 20, 56));

        private final String label;
        private final List<Integer> values;

        Sweep(String label, List<Integer> values) {
            this.label = label;
            this.values = values;
        }

        String label() {
            return label;
        }

        /** Its cases, the least work first. */
        List<ScalingCase> cases(ScalingCase base) {
            List<ScalingCase> cases = new ArrayList<>();
            for (int value : values) {
                cases.add(
                        switch (this) {
                            case BATCH -> new ScalingCase(value, base.depth);
                            case DEPTH -> new ScalingCase(base.batch, value);
                        });
            }
            return cases;
        }
    }

    /** The value a sweep varies. */
    int value(Sweep sweep) {
        return switch (sweep) {
            case BATCH -> batch;
            case DEPTH -> depth;
        };
    }

    /** For people: what a sweep varies, and what it does not. */
    String axis(Sweep sweep) {
        return switch (sweep) {
            case BATCH -> "batch (resnet" + depth + ")";
            case DEPTH -> "depth (batch " + batch + ")";
        };
    }

    /** What memory grows with. */
    double size() {
        return (double) batch * depth;
    }

    @Override
    public String toString() {
        return "resnet" + depth + ", batch " + batch;
    }
}
