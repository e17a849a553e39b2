package io.aktnode.ops.report;

import io.aktnode.nn.train.QuantizationConfig;
import java.util.List;

/** What students are called in front of people. */
public final class StudentNames {

    private StudentNames() {}

    /**
     * What to call one of them.
     *
     * @param names of the run's own, by id
     * @param id may be that of a student that joined later
     */
    public static String of(List<String> names, int id) {
        return id < names.size() ? names.get(id) : "student " + id;
    }

    /** By id: {@code student} where there is one, {@code 3-bit student} where there are several. */
    public static List<String> of(List<QuantizationConfig> students) {
        return students.size() == 1
                ? List.of("student")
                : students.stream().map(bits -> bits.weightBits() + "-bit student").toList();
    }
}
