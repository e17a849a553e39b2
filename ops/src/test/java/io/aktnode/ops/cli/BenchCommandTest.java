package io.aktnode.ops.cli;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.aktnode.ops.report.Terminal;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.PrintStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

@Timeout(180)
class BenchCommandTest {

    private final ByteArrayOutputStream out = new ByteArrayOutputStream();
    private final ByteArrayOutputStream errors = new ByteArrayOutputStream();

    private int bench(String... arguments) {
        List<String> all = new ArrayList<>(List.of("bench"));
        all.addAll(List.of(arguments));
        return AktNode.commandLine(
                        new Console(
                                new Terminal(
                                        new PrintStream(out, true, StandardCharsets.UTF_8),
                                        false,
                                        80),
                                new PrintStream(errors, true, StandardCharsets.UTF_8)))
                .execute(all.toArray(String[]::new));
    }

    private JsonNode lastLine() throws IOException {
        List<String> lines = out.toString(StandardCharsets.UTF_8).lines().toList();
        assertFalse(lines.isEmpty(), errors.toString(StandardCharsets.UTF_8));
        assertEquals(1, lines.stream().filter(line -> line.startsWith("{")).count());
        return new ObjectMapper().readTree(lines.get(lines.size() - 1));
    }

    @Test
    void aTinyBenchEndsWithOneLineOfJsonByRoleAndPhase() throws IOException {
        int code =
                bench(
                        "--arch=resnet8",
                        "--image-size=16",
                        "--batch=4",
                        "--steps=4",
                        "--warm-up=2",
                        "--cores=2",
                        "--json");

        assertEquals(ExitCode.OK, code, errors.toString(StandardCharsets.UTF_8));
        JsonNode json = lastLine();
        assertEquals(4, json.get("batch").intValue());
        double median = json.get("median_s").doubleValue();
        assertTrue(median > 0 && median <= json.get("p95_s").doubleValue());
        assertEquals(4 / median, json.get("images_per_s").doubleValue(), 1e-6);
        assertPhases(json, "generator", "generate", "loss", "backward", "update");
        assertPhases(json, "teacher", "forward", "backward");
        assertPhases(json, "student", "forward", "input_gradient", "gradients", "apply");
        assertTrue(json.get("plain").get("median_s").doubleValue() > 0);
        assertTrue(json.get("overhead_percent").isNumber());
        assertTrue(json.get("gflops").doubleValue() > 0);
        assertTrue(json.get("peak_gflops").doubleValue() > 0);
        assertTrue(json.get("transport").get("ipc").get("gb_per_s").doubleValue() > 0);
        assertTrue(json.get("memory").get("rss_bytes").longValue() > 0);
        assertEquals(0, json.get("interventions").intValue());
        // Images to two roles, their gradients back, and the attention maps besides.
        double images = 4 * 16 * 16 * 3 * 4;
        assertTrue(json.get("transport").get("bytes_per_step").doubleValue() > 4 * images);
    }

    @Test
    void severalStudentsAreMeasuredEachByItsName() throws IOException {
        int code =
                bench(
                        "--arch=resnet8",
                        "--image-size=16",
                        "--batch=4",
                        "--steps=3",
                        "--warm-up=1",
                        "--students=3,5",
                        "--json");

        assertEquals(ExitCode.OK, code, errors.toString(StandardCharsets.UTF_8));
        JsonNode json = lastLine();
        assertEquals("[3,5]", json.get("students").toString());
        for (String student : List.of("student-3bit", "student-5bit")) {
            assertPhases(json, student, "forward", "input_gradient", "gradients", "apply");
            assertTrue(json.get("trained_share").get(student).doubleValue() > 0.5);
        }
        assertPhases(json, "teacher", "forward", "backward");
        assertTrue(json.get("plain").get("median_s").doubleValue() > 0);
    }

    /** All of a step, and each phase once in a step: only training steps count. */
    private static void assertPhases(JsonNode json, String role, String... phases) {
        JsonNode found = json.get("roles").get(role);
        assertEquals(phases.length, found.size(), role);
        for (String phase : phases) {
            double median = found.get(phase).get("median_s").doubleValue();
            assertTrue(median > 0 && median < json.get("p95_s").doubleValue(), role + phase);
        }
    }

    @Test
    void transportAloneIsMeasuredOnBothChannels() throws IOException {
        int code = bench("--transport", "--bytes=4000", "--seconds=0.2", "--json");

        assertEquals(ExitCode.OK, code, errors.toString(StandardCharsets.UTF_8));
        JsonNode json = lastLine();
        assertEquals(4000, json.get("bytes").intValue());
        for (String channel : List.of("ipc", "udp")) {
            JsonNode figures = json.get(channel);
            assertTrue(figures.get("gb_per_s").doubleValue() > 0);
            assertTrue(figures.get("latency_p99_s").doubleValue() > 0);
            assertEquals(0, figures.get("lost").intValue());
        }
    }

    @ParameterizedTest
    @CsvSource(
            delimiter = '|',
            value = {
                "--steps=0|--steps is 0, expected a whole number from 1 to 100000",
                "--batch=1|--batch is 1, expected a whole number from 2 to 4096",
                "--window=0|--window is 0, expected a whole number from 1 to 64",
                "--bits=9|--bits is 9, expected a whole number from 2 to 8",
                "--method=best|--method is \"best\", expected one of gdfq, adadfq",
                "--arch=vgg16|arch=vgg16 is unknown",
                "--bytes=4000|--bytes belongs to --transport; give both or neither",
                "--seconds=2|--seconds belongs to --transport or --scaling",
                "--out=there|--out belongs to --scaling",
                "--transport --batch=8|--transport has no use for --batch, it trains nothing",
                "--transport --bits=3|--transport has no use for --bits, it trains nothing",
                "--transport --method=gdfq|--transport has no use for --method",
                "--transport --no-akt|--transport has no use for --no-akt",
                "--transport --warm-up=2|--transport has no use for --warm-up",
                "--transport --cores=1|--transport has no use for --cores",
                "--transport --classes=10|--transport has no use for --classes",
                "--transport --image-size=32|--transport has no use for --image-size",
                "--transport --steps=3|--transport has no use for --steps",
                "--transport --teacher=x.pth|--transport has no use for --teacher",
                "--scaling --out=target --warm-up=2|--scaling has no use for --warm-up",
                "--scaling --out=target --teacher=x.pth|--scaling has no use for --teacher",
                "--students=3,4 --bits=3|--students has no use for --bits",
                "--students=3,3|names one width twice",
                "--scaling --out=target --students=3,4|--scaling has no use for --students",
                "--transport --scaling|exclude each other",
                "--scaling|there is nowhere to write to; give --out DIR",
                "--scaling --out=target --seconds=-1|--seconds is \"-1.0s\", expected from 0.1 s",
                "--transport --bytes=0|--bytes is 0, expected from 4 bytes",
                "--transport --seconds=0|--seconds is \"0.0s\", expected from 0.1 s",
                "--teacher=nowhere.pth|nowhere.pth",
                "--batches=3|--batch",
            })
    void aWrongOptionIsRefusedInOneSentence(String options, String sentence) {
        int code = bench(options.split(" "));

        String said = errors.toString(StandardCharsets.UTF_8);
        assertEquals(ExitCode.USAGE, code, said);
        assertEquals(1, said.lines().count(), said);
        assertTrue(said.contains(sentence), said);
        assertTrue(said.startsWith("akt-node: "), said);
    }
}
