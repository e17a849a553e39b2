package io.aktnode.ops.experiment;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aktnode.ops.report.MetricsCsv;
import java.io.IOException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;
import java.util.TreeMap;

/**
 * What one run left behind: the student's gradient norm at every trained step, and what the
 * supervisor would have done.
 *
 * @param points in the order of the steps
 * @param top1 accuracy at the end, percent, where there were images to measure it on
 */
public record GradientTrace(GradientCell cell, List<Point> points, OptionalDouble top1) {

    private static final String NORM = "student_gradient_norm";
    private static final String WOULD = "would ";

    /**
     * One step in which the student was trained.
     *
     * @param norm global L2 norm of its gradient before clipping; not finite if an element was not
     * @param generatorNorm likewise of the generator's
     * @param actions of the supervisor on the student or the run in this step
     */
    public record Point(long step, double norm, double generatorNorm, List<String> actions) {

        public Point {
            actions = List.copyOf(actions);
        }
    }

    public GradientTrace {
        points = List.copyOf(points);
    }

    /**
     * Reads {@code metrics.csv} and {@code result.json} of a finished run. Of a step that was done
     * again, after the run had been stopped or had gone back, the last time counts.
     *
     * @throws IOException if one of them cannot be read
     */
    static GradientTrace read(GradientCell cell, Path directory) throws IOException {
        JsonNode result = new ObjectMapper().readTree(directory.resolve("result.json").toFile());
        Map<Long, List<String>> actions = new HashMap<>();
        for (JsonNode each : result.get("interventions")) {
            String action = each.get("action").asText();
            // What was done is for a process that was lost or stood still: no matter of gradients.
            if (action.startsWith(WOULD) && !each.get("role").asText().equals("generator")) {
                actions.computeIfAbsent(each.get("step").asLong(), step -> new ArrayList<>())
                        .add(action);
            }
        }
        Map<Long, Point> points = new TreeMap<>();
        MetricsCsv.forEach(
                directory.resolve("metrics.csv"),
                row -> {
                    if (!Boolean.parseBoolean(row.get("calibrating"))) {
                        long step = Long.parseLong(row.get("step"));
                        points.put(
                                step,
                                new Point(
                                        step,
                                        number(row.get(NORM)),
                                        number(row.get("generator_gradient_norm")),
                                        actions.getOrDefault(step, List.of())));
                    }
                });
        JsonNode top1 = result.at("/student/top1");
        return new GradientTrace(
                cell,
                List.copyOf(points.values()),
                top1.isNumber() ? OptionalDouble.of(top1.doubleValue()) : OptionalDouble.empty());
    }

    /** A norm that is not a number has no cell. */
    private static double number(String cell) {
        return cell == null ? Double.NaN : Double.parseDouble(cell);
    }

    /** Without the first steps; they say more of the start than of the training. */
    List<Point> after(long trainedSteps) {
        return points.subList((int) Math.min(trainedSteps, points.size()), points.size());
    }
}
