package io.aktnode.ops.experiment;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aktnode.nn.model.DurableFiles;
import io.aktnode.ops.experiment.GradientSummary.Comparison;
import io.aktnode.ops.experiment.GradientSummary.Effect;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * The experiment's files: every step ({@code gradients.csv}), the figures of every run ({@code
 * figures.csv}), what they say together ({@code summary.json}) and a page for people ({@code
 * gradients.md}).
 *
 * @param setting in a sentence: teacher, method, batch, epochs
 * @param warmUp trained steps that do not count
 */
public record GradientReport(
        String setting, long warmUp, List<GradientTrace> traces, List<GradientSummary> summaries) {

    private static final Map<String, String> MEANING =
            Map.of(
                    "mean_norm", "mean gradient norm",
                    "median_norm", "median",
                    "largest_norm", "largest",
                    "sd_log_norm", "standard deviation of ln norm",
                    "rms_log_jump", "change of ln norm from step to step (rms)",
                    "spikes_per_1000", "norms above 3 × the median of the 100 before, per 1000",
                    "would_rescale_per_1000", "supervisor would have rescaled, per 1000",
                    "would_restore_per_1000", "… would have rolled back or more, per 1000",
                    "non_finite_steps", "updates that were not finite",
                    "top1_percent", "student's top-1, %");

    public GradientReport {
        traces = List.copyOf(traces);
        summaries = List.copyOf(summaries);
    }

    /** Writes all files into a directory. */
    public void write(Path directory) throws IOException {
        save(directory.resolve("gradients.csv"), everyStep());
        save(directory.resolve("figures.csv"), everyRun());
        save(directory.resolve("summary.json"), json());
        save(directory.resolve("gradients.md"), String.join("\n", page()) + "\n");
    }

    private static void save(Path file, String text) throws IOException {
        DurableFiles.replace(file, text.getBytes(StandardCharsets.UTF_8));
    }

    private String everyStep() {
        StringBuilder text =
                new StringBuilder("bits,akt,seed,step,student_gradient_norm,")
                        .append("generator_gradient_norm,would_be\n");
        for (GradientTrace trace : traces) {
            GradientCell cell = trace.cell();
            String run = cell.bits() + "," + cell.akt() + "," + cell.seed() + ",";
            for (GradientTrace.Point point : trace.points()) {
                text.append(run)
                        .append(point.step())
                        .append(',')
                        .append((float) point.norm())
                        .append(',')
                        .append((float) point.generatorNorm())
                        .append(',')
                        .append(String.join(";", point.actions()))
                        .append('\n');
            }
        }
        return text.toString();
    }

    private String everyRun() {
        StringBuilder text = new StringBuilder();
        for (GradientTrace trace : traces) {
            GradientFigures figures = GradientFigures.of(trace, warmUp);
            GradientCell cell = trace.cell();
            if (text.length() == 0) {
                text.append("bits,akt,seed,steps,")
                        .append(String.join(",", figures.byName().keySet()))
                        .append('\n');
            }
            text.append(cell.bits())
                    .append(',')
                    .append(cell.akt())
                    .append(',')
                    .append(cell.seed())
                    .append(',')
                    .append(figures.steps());
            figures.byName().values().forEach(value -> text.append(',').append(cell(value)));
            text.append('\n');
        }
        return text.toString();
    }

    /** Nothing for what was not measured. */
    private static String cell(double value) {
        return Double.isNaN(value) ? "" : Float.toString((float) value);
    }

    private String json() throws IOException {
        ObjectMapper mapper = new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);
        ObjectNode root = mapper.createObjectNode();
        root.put("setting", setting);
        root.put("warm_up_steps", warmUp);
        root.put("runs", traces.size());
        for (GradientSummary summary : summaries) {
            ObjectNode node = root.withArray("/widths").addObject();
            node.put("bits", summary.bits());
            summary.seeds().forEach(node.putArray("seeds")::add);
            node.put("steps_per_run", summary.with().get(0).steps());
            node.put("answer", answer(summary));
            ObjectNode figures = node.putObject("figures");
            summary.comparisons()
                    .forEach(
                            (name, each) -> {
                                ObjectNode figure = figures.putObject(name);
                                put(figure, "without_akt", each.meanWithout());
                                put(figure, "without_akt_sd", each.deviationWithout());
                                put(figure, "with_akt", each.meanWith());
                                put(figure, "with_akt_sd", each.deviationWith());
                                figure.put("lower_with_akt_in_seeds", each.lowerIn());
                                figure.put("effect", each.effect().name().toLowerCase(Locale.ROOT));
                            });
        }
        return mapper.writeValueAsString(root) + "\n";
    }

    private static void put(ObjectNode node, String name, double value) {
        if (Double.isFinite(value)) {
            node.put(name, value);
        } else {
            node.putNull(name);
        }
    }

    /** The page's lines. */
    public List<String> page() {
        List<String> lines = new ArrayList<>();
        lines.add("# Does AKT calm the gradients?");
        lines.add("");
        summaries.forEach(summary -> lines.add("- **" + answer(summary) + "**"));
        lines.add("");
        lines.add(setting);
        lines.add(
                "Spikes were only reported, never clipped (`--dry-run-interventions`). Figures are of"
                        + " the student's global L2 gradient norm, the first "
                        + warmUp
                        + " trained steps left out; ± is the standard deviation between seeds.");
        summaries.forEach(summary -> table(summary, lines));
        lines.add("");
        lines.add("![gradient norms and would-be interventions](gradients.png)");
        return lines;
    }

    private static void table(GradientSummary summary, List<String> lines) {
        lines.add("");
        lines.add(
                "## "
                        + summary.bits()
                        + " bits, "
                        + summary.with().get(0).steps()
                        + " steps a run, seeds "
                        + summary.seeds().toString().replaceAll("[\\[\\]]", ""));
        lines.add("");
        lines.add("| | without AKT | with AKT | lower with AKT |");
        lines.add("|---|---|---|---|");
        int seeds = summary.seeds().size();
        summary.comparisons()
                .forEach(
                        (name, each) -> {
                            if (!Double.isNaN(each.meanWith())) {
                                lines.add(
                                        "| "
                                                + MEANING.get(name)
                                                + " | "
                                                + spread(
                                                        each.meanWithout(), each.deviationWithout())
                                                + " | "
                                                + spread(each.meanWith(), each.deviationWith())
                                                + " | "
                                                + each.lowerIn()
                                                + " of "
                                                + seeds
                                                + " |");
                            }
                        });
    }

    private static String spread(double mean, double deviation) {
        return Double.isNaN(deviation)
                ? String.format(Locale.ROOT, "%.3g", mean)
                : String.format(Locale.ROOT, "%.3g ± %.2g", mean, deviation);
    }

    /**
     * Calmer means less restless: a smaller deviation of ln norm from every seed and no more
     * spikes. How large the norm is does not count; it is said beside.
     */
    static String answer(GradientSummary summary) {
        Map<String, Comparison> all = summary.comparisons();
        Comparison deviation = all.get("sd_log_norm");
        Comparison spikes = all.get("spikes_per_1000");
        Comparison size = all.get("mean_norm");
        String verdict;
        if (deviation.effect() == Effect.LOWER && spikes.meanWith() <= spikes.meanWithout()) {
            verdict = "yes, calmer from every seed";
        } else if (deviation.effect() == Effect.HIGHER
                && spikes.meanWith() >= spikes.meanWithout()) {
            verdict = "no, more restless from every seed";
        } else {
            verdict = "no clear difference";
        }
        return String.format(
                Locale.ROOT,
                "At %d bits: %s. Standard deviation of ln norm %s without AKT, %s with; spikes per"
                        + " 1000 steps %.3g and %.3g; mean norm %.3g and %.3g (%d %s).",
                summary.bits(),
                verdict,
                spread(deviation.meanWithout(), deviation.deviationWithout()),
                spread(deviation.meanWith(), deviation.deviationWith()),
                spikes.meanWithout(),
                spikes.meanWith(),
                size.meanWithout(),
                size.meanWith(),
                summary.seeds().size(),
                summary.seeds().size() == 1 ? "seed" : "seeds");
    }
}
