package io.aktnode.ops.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.typesafe.config.ConfigFactory;
import io.aktnode.actors.run.Intervention;
import io.aktnode.actors.run.Quarantined;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.MethodConfig;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.Schedule;
import io.aktnode.nn.train.TrainingConfig;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalDouble;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class ResultTest {

    @TempDir private Path directory;

    private static Result result(OptionalDouble top1) {
        return result(top1, Optional.empty());
    }

    private static Result result(OptionalDouble top1, Optional<Quarantined> quarantined) {
        TrainingConfig training =
                TrainingConfig.of(
                        MethodConfig.of(BaseMethod.ADADFQ, true),
                        new QuantizationConfig(3, 4, Map.of()),
                        Schedule.of(20, 200));
        return new Result(
                top1,
                1_096_168,
                List.of(
                        new StudentResult(
                                training.quantization(),
                                "student.safetensors",
                                top1,
                                top1,
                                top1,
                                quarantined,
                                120_674)),
                training,
                4000,
                true,
                812.3456,
                List.of(
                        new Intervention(
                                7,
                                "student",
                                "rescale",
                                "a spike",
                                Map.of("student gradient norm", 812.5)),
                        new Intervention(9, "student", "rescale", "a spike", Map.of()),
                        new Intervention(11, "run", "rollback", "repeated trouble", Map.of())));
    }

    private JsonNode written(Result result) throws IOException {
        Path file = directory.resolve("result.json");
        ResultJson.write(result, ConfigFactory.parseString("batch = 16"), file);
        return new ObjectMapper().readTree(file.toFile());
    }

    @Test
    void resultJsonHasEveryFigureUnderItsName() throws IOException {
        JsonNode json = written(result(OptionalDouble.of(79.5)));

        for (String path :
                List.of("/teacher/top1", "/naive/top1", "/student/top1", "/student/best_top1")) {
            assertEquals(79.5, json.at(path).doubleValue(), path);
        }
        assertEquals(1_096_168, json.at("/teacher/bytes").longValue());
        assertEquals(120_674, json.at("/student/bytes").longValue());
        assertEquals("student.safetensors", json.at("/students/0/file").textValue());
        assertEquals(79.5, json.at("/students/0/naive_top1").doubleValue());
        assertEquals(3, json.at("/bits/weights").intValue());
        assertEquals(4, json.at("/bits/activations").intValue());
        assertEquals("adadfq", json.at("/method").textValue());
        assertEquals(true, json.at("/akt").booleanValue());
        assertEquals(1, json.at("/seed").longValue());
        assertEquals(4000, json.at("/steps").longValue());
        assertEquals(812.346, json.at("/wall_s").doubleValue());
        assertEquals("rollback", json.at("/interventions/2/action").textValue());
        assertEquals(812.5, json.at("/interventions/0/limits/student gradient norm").doubleValue());
        assertEquals(16, json.at("/config/batch").intValue());
    }

    @Test
    void aStudentThatWasPutAsideIsShownWithTheReason() throws IOException {
        Result result =
                result(OptionalDouble.of(50), Optional.of(new Quarantined(812, "never finite")));

        JsonNode student = written(result).at("/students/0");

        assertEquals(812, student.at("/quarantined/step").longValue());
        assertEquals("never finite", student.at("/quarantined/reason").textValue());
        assertFalse(result.allStudents());
        assertTrue(
                ResultTable.lines(result)
                        .contains(
                                "    put aside at step 812, as it last was healthy: never finite"));
        JsonNode healthy = written(result(OptionalDouble.of(50)));
        assertTrue(healthy.at("/students/0/quarantined").isNull(), healthy.toString());
    }

    @Test
    void anAccuracyNobodyMeasuredIsNull() throws IOException {
        JsonNode json = written(result(OptionalDouble.empty()));

        for (String path :
                List.of("/teacher/top1", "/naive/top1", "/student/top1", "/student/best_top1")) {
            assertTrue(json.at(path).isNull(), path);
        }
    }

    @Test
    void theTableShowsAccuracyBytesAndInterventions() {
        List<String> lines = ResultTable.lines(result(OptionalDouble.of(79.5)));

        assertEquals(
                List.of(
                        "                                         top-1        bytes",
                        "  teacher (float32)                    79.50 %    1,096,168",
                        "  naive rounding                       79.50 %      120,674",
                        "  AKT student                          79.50 %      120,674",
                        "    best on test (not data-free)       79.50 %",
                        "  bits: 3 (weights), 4 (activations)",
                        "  interventions: 1 × run rollback, 2 × student rescale"),
                lines);
    }
}
