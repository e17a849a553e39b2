package io.aktnode.ops.report;

import io.aktnode.actors.run.Intervention;
import io.aktnode.nn.train.QuantizationConfig;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;
import java.util.stream.Collectors;

/** The table a run ends with. */
public final class ResultTable {

    private static final String ROW = "  %-34s %9s %12s";

    private ResultTable() {}

    /** Its lines, without line ends. */
    public static List<String> lines(Result result) {
        List<String> lines = new ArrayList<>();
        lines.add(row("", "top-1", "bytes"));
        lines.add(
                row(
                        "teacher (float32)",
                        percent(result.teacherTop1()),
                        count(result.teacherBytes())));
        result.students().forEach(student -> add(lines, student, name(result)));
        lines.add("  interventions: " + interventions(result.interventions()));
        return lines;
    }

    private static void add(List<String> lines, StudentResult student, String name) {
        QuantizationConfig bits = student.bits();
        lines.add(
                row(
                        "naive " + prefix(bits) + "rounding",
                        percent(student.naiveTop1()),
                        count(student.bytes())));
        lines.add(row(name + suffix(bits), percent(student.top1()), count(student.bytes())));
        if (student.bestTop1().isPresent()) {
            lines.add(row("  best on test (not data-free)", percent(student.bestTop1()), ""));
        }
        student.quarantined()
                .ifPresent(
                        why ->
                                lines.add(
                                        "    put aside at step "
                                                + why.step()
                                                + ", as it last was healthy: "
                                                + why.reason()));
        if (!uniform(bits)) {
            lines.add(
                    "  bits: "
                            + bits.weightBits()
                            + " (weights), "
                            + bits.activationBits()
                            + " (activations)");
        }
    }

    private static String name(Result result) {
        String method = result.training().method().base().label();
        return result.training().method().akt() ? "AKT student" : method + " student (no AKT)";
    }

    private static boolean uniform(QuantizationConfig bits) {
        return bits.weightBits() == bits.activationBits();
    }

    private static String prefix(QuantizationConfig bits) {
        return uniform(bits) ? bits.weightBits() + "-bit " : "";
    }

    private static String suffix(QuantizationConfig bits) {
        return uniform(bits) ? ", " + bits.weightBits() + "-bit" : "";
    }

    private static String interventions(List<Intervention> all) {
        if (all.isEmpty()) {
            return "none";
        }
        Map<String, Long> counts =
                all.stream()
                        .collect(
                                Collectors.groupingBy(
                                        each -> each.role() + " " + each.action(),
                                        TreeMap::new,
                                        Collectors.counting()));
        return counts.entrySet().stream()
                .map(entry -> entry.getValue() + " × " + entry.getKey())
                .collect(Collectors.joining(", "));
    }

    private static String row(String name, String top1, String bytes) {
        return String.format(Locale.ROOT, ROW, name, top1, bytes).stripTrailing();
    }

    private static String percent(OptionalDouble value) {
        return value.isPresent() ? String.format(Locale.ROOT, "%.2f %%", value.getAsDouble()) : "-";
    }

    private static String count(long bytes) {
        return String.format(Locale.ROOT, "%,d", bytes);
    }
}
