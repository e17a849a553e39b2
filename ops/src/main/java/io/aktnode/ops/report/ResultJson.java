package io.aktnode.ops.report;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.typesafe.config.Config;
import com.typesafe.config.ConfigRenderOptions;
import io.aktnode.actors.run.Intervention;
import io.aktnode.actors.run.Quarantined;
import io.aktnode.nn.model.DurableFiles;
import io.aktnode.nn.train.TrainingConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.OptionalDouble;

/** Writes {@code result.json}: the figures of a run and the settings it was made with. */
public final class ResultJson {

    private static final ObjectMapper MAPPER =
            new ObjectMapper().enable(SerializationFeature.INDENT_OUTPUT);

    private ResultJson() {}

    /**
     * @param config the effective settings, the {@code akt} part
     */
    public static void write(Result result, Config config, Path file) throws IOException {
        DurableFiles.replace(file, MAPPER.writeValueAsBytes(tree(result, config)));
    }

    private static ObjectNode tree(Result result, Config config) throws IOException {
        TrainingConfig training = result.training();
        ObjectNode root = JsonNodeFactory.instance.objectNode();
        ObjectNode teacher = root.putObject("teacher");
        put(teacher, "top1", result.teacherTop1());
        teacher.put("bytes", result.teacherBytes());
        StudentResult first = result.students().get(0);
        put(root.putObject("naive"), "top1", first.naiveTop1());
        ObjectNode student = root.putObject("student");
        put(student, "top1", first.top1());
        put(student, "best_top1", first.bestTop1());
        student.put("bytes", first.bytes());
        bits(root.putObject("bits"), first);
        ArrayNode students = root.putArray("students");
        for (StudentResult each : result.students()) {
            ObjectNode node = students.addObject();
            bits(node.putObject("bits"), each);
            node.put("file", each.file());
            put(node, "naive_top1", each.naiveTop1());
            put(node, "top1", each.top1());
            put(node, "best_top1", each.bestTop1());
            putQuarantined(node, each);
            node.put("bytes", each.bytes());
        }
        root.put("method", training.method().base().label());
        root.put("akt", training.method().akt());
        root.put("seed", training.seed());
        root.put("steps", result.steps());
        root.put("completed", result.completed());
        root.put("wall_s", Math.round(result.wallSeconds() * 1000) / 1000.0);
        ArrayNode interventions = root.putArray("interventions");
        for (Intervention each : result.interventions()) {
            ObjectNode node =
                    interventions
                            .addObject()
                            .put("step", each.step())
                            .put("role", each.role())
                            .put("action", each.action())
                            .put("reason", each.reason());
            each.limits().forEach(node.putObject("limits")::put);
        }
        root.set("config", json(config));
        return root;
    }

    private static void putQuarantined(ObjectNode node, StudentResult student) {
        if (student.quarantined().isEmpty()) {
            node.putNull("quarantined");
            return;
        }
        Quarantined why = student.quarantined().get();
        node.putObject("quarantined").put("step", why.step()).put("reason", why.reason());
    }

    private static void bits(ObjectNode node, StudentResult student) {
        node.put("weights", student.bits().weightBits());
        node.put("activations", student.bits().activationBits());
    }

    private static JsonNode json(Config config) throws IOException {
        return MAPPER.readTree(config.root().render(ConfigRenderOptions.concise()));
    }

    /** JSON has no NaN; an accuracy nobody measured is null. */
    private static void put(ObjectNode node, String name, OptionalDouble value) {
        if (value.isPresent() && Double.isFinite(value.getAsDouble())) {
            node.put(name, value.getAsDouble());
        } else {
            node.putNull(name);
        }
    }
}
