package io.aktnode.ops.experiment;

import static org.junit.jupiter.api.Assertions.assertEquals;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class GradientTraceTest {

    @TempDir private Path run;

    private GradientTrace read(String interventions, String... rows) throws IOException {
        Files.writeString(
                run.resolve("metrics.csv"),
                "step,calibrating,student_gradient_norm,generator_gradient_norm\n"
                        + String.join("\n", rows)
                        + "\n");
        Files.writeString(
                run.resolve("result.json"),
                "{\"student\":{\"top1\":71.5},\"interventions\":[" + interventions + "]}");
        return GradientTrace.read(new GradientCell(2, true, 1), run);
    }

    private static List<Double> norms(GradientTrace trace) {
        return trace.points().stream().map(GradientTrace.Point::norm).toList();
    }

    @Test
    void readsTrainedStepsAndWhatWouldHaveBeenDone() throws IOException {
        GradientTrace trace =
                read(
                        "{\"role\":\"student\",\"step\":4,\"action\":\"would rescale\"},"
                                + "{\"role\":\"generator\",\"step\":4,\"action\":\"would rescale\"}",
                        "2,true,,50",
                        "3,false,9.5,50",
                        "4,false,30,50");

        assertEquals(List.of(9.5, 30.0), norms(trace));
        assertEquals(List.of(), trace.points().get(0).actions());
        assertEquals(List.of("would rescale"), trace.points().get(1).actions());
        assertEquals(71.5, trace.top1().orElseThrow());
    }

    @Test
    void ofAStepThatWasDoneAgainTheLastTimeCountsAndWhatLedToItDoesNot() throws IOException {
        GradientTrace trace =
                read(
                        "{\"role\":\"run\",\"step\":4,\"action\":\"restart\"}",
                        "2,false,9,50",
                        "3,false,9,50",
                        "4,false,9,50",
                        "3,false,8,50",
                        "4,false,7,50",
                        "5,false,6,50");

        assertEquals(List.of(9.0, 8.0, 7.0, 6.0), norms(trace));
        assertEquals(List.of(), trace.points().get(2).actions());
    }
}
