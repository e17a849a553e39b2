package io.aktnode.ops.bench;

import io.aktnode.nn.train.QuantizationConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;

/**
 * How much work a step is.
 *
 * @param batch images
 * @param depth of the CIFAR ResNet that is teacher and student
 * @param students of 3, 4, … bits
 */
record ScalingCase(int batch, int depth, int students) {

    private static final int FEWEST_BITS = 3;

    /** What is varied while the rest stays as it is. */
    enum Sweep {
        BATCH("batch", List.of(16, 32, 64, 128, 256, 512)),
        DEPTH("depth", List.of(8, 20, 56)),
        STUDENTS("students", List.of(1, 2, 3, 4));

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
                            case BATCH -> new ScalingCase(value, base.depth, base.students);
                            case DEPTH -> new ScalingCase(base.batch, value, base.students);
                            case STUDENTS -> new ScalingCase(base.batch, base.depth, value);
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
            case STUDENTS -> students;
        };
    }

    /** For people: what a sweep varies, and what it does not. */
    String axis(Sweep sweep) {
        return switch (sweep) {
            case BATCH -> "batch (resnet" + depth + ", " + count(students) + ")";
            case DEPTH -> "depth (batch " + batch + ", " + count(students) + ")";
            case STUDENTS -> "students (resnet" + depth + ", batch " + batch + ")";
        };
    }

    private static String count(int students) {
        return students == 1 ? "one student" : students + " students";
    }

    /** Bit widths of the students, by id. */
    List<QuantizationConfig> bits() {
        return IntStream.range(0, students)
                .mapToObj(id -> QuantizationConfig.of(FEWEST_BITS + id))
                .toList();
    }

    /** What memory grows with: the networks of the teacher, the generator and each student. */
    double size() {
        return (double) batch * depth * (2 + students);
    }

    @Override
    public String toString() {
        return "resnet" + depth + ", batch " + batch + ", " + count(students);
    }
}
