package io.aktnode.ops.bench;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.aktnode.nn.model.DurableFiles;
import io.aktnode.ops.report.ScalingPlots;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;

/** How the time of a step grows, by what was varied. */
public final class ScalingResult {

    private static final String HEADER =
            "sweep,batch,depth,students,steps,median_s,p95_s,images_per_s,rss_bytes,tensor_bytes";

    private final Map<ScalingCase.Sweep, List<ScalingPoint>> sweeps;

    ScalingResult(Map<ScalingCase.Sweep, List<ScalingPoint>> sweeps) {
        this.sweeps = sweeps;
    }

    /** Writes {@code scaling.csv} and {@code scaling.png}. */
    public void write(Path directory) throws IOException {
        DurableFiles.replace(
                directory.resolve("scaling.csv"), csv().getBytes(StandardCharsets.UTF_8));
        ScalingPlots.write(
                sweeps.entrySet().stream()
                        .map(entry -> curve(entry.getKey(), entry.getValue()))
                        .toList(),
                directory.resolve("scaling.png"));
    }

    String csv() {
        StringBuilder text = new StringBuilder(HEADER).append('\n');
        sweeps.forEach(
                (sweep, points) -> {
                    for (ScalingPoint point : points) {
                        text.append(sweep.label())
                                .append(',')
                                .append(point.work().batch())
                                .append(',')
                                .append(point.work().depth())
                                .append(',')
                                .append(point.work().students())
                                .append(',')
                                .append(point.step().count())
                                .append(',')
                                .append(point.step().median())
                                .append(',')
                                .append(point.step().p95())
                                .append(',')
                                .append(point.imagesPerSecond())
                                .append(',')
                                .append(resident(point))
                                .append(',')
                                .append(point.memory().tensorBytes())
                                .append('\n');
                    }
                });
        return text.toString();
    }

    private static String resident(ScalingPoint point) {
        return point.memory().residentBytes().stream()
                .mapToObj(Long::toString)
                .findFirst()
                .orElse("");
    }

    private static ScalingPlots.Curve curve(ScalingCase.Sweep sweep, List<ScalingPoint> points) {
        return new ScalingPlots.Curve(
                points.isEmpty() ? sweep.label() : points.get(0).work().axis(sweep),
                points.stream().map(point -> (double) point.work().value(sweep)).toList(),
                points.stream().map(point -> point.step().median() * 1e3).toList(),
                points.stream().map(point -> point.step().p95() * 1e3).toList());
    }

    /** One line: for each sweep its points. */
    public String json() {
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        sweeps.forEach(
                (sweep, points) -> {
                    ArrayNode array = root.putArray(sweep.label());
                    for (ScalingPoint point : points) {
                        array.addObject()
                                .put("batch", point.work().batch())
                                .put("depth", point.work().depth())
                                .put("students", point.work().students())
                                .put("median_s", point.step().median())
                                .put("p95_s", point.step().p95())
                                .put("images_per_s", point.imagesPerSecond());
                    }
                });
        return root.toString();
    }
}
