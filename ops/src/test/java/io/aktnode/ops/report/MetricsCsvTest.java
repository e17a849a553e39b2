package io.aktnode.ops.report;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertNull;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MetricsCsvTest {

    @TempDir private Path directory;
    private Path file;

    @BeforeEach
    void name() {
        file = directory.resolve("metrics.csv");
    }

    private void write(boolean resume, int from, int to, int calibrated) {
        try (MetricsCsv csv = new MetricsCsv(file, resume)) {
            for (int step = from; step < to; step++) {
                csv.onStep(Samples.metrics(step, step < calibrated));
            }
        }
    }

    private List<Map<String, String>> rows() throws IOException {
        List<Map<String, String>> rows = new ArrayList<>();
        MetricsCsv.forEach(file, rows::add);
        return rows;
    }

    private List<String> steps() throws IOException {
        return rows().stream().map(row -> row.get("step")).toList();
    }

    @Test
    void addsColumnsWhenTheStudentsLossesFirstAppear() throws IOException {
        write(false, 0, 4, 2);

        List<Map<String, String>> rows = rows();
        assertEquals(List.of("0", "1", "2", "3"), steps());
        assertNull(rows.get(1).get("student_feature"));
        assertEquals("1.5", rows.get(2).get("student_feature"));
        assertEquals("3.0", rows.get(0).get("generator_bn_statistics"));
        assertNull(rows.get(0).get("student_gradient_norm"));
        assertEquals("10.25", rows.get(3).get("student_gradient_norm"));
    }

    @Test
    void showsWhatTheDetectorsSeeAndTheLimitsThatAreKnown() throws IOException {
        write(false, 0, 3, 2);

        List<Map<String, String>> rows = rows();
        assertEquals("0.5", rows.get(0).get("class_spread"));
        assertEquals("145.0", rows.get(0).get("generator_gradient_norm_limit"));
        assertNull(rows.get(0).get("activation_reach"));
        assertEquals("0.75", rows.get(2).get("activation_reach"));
        assertNull(rows.get(2).get("student_gradient_norm_limit"));
    }

    @Test
    void losesOnlyTheRowsThatCannotBeWritten() throws IOException {
        Path mounted = Files.createDirectory(directory.resolve("mounted"));
        file = mounted.resolve("metrics.csv");
        try (MetricsCsv csv = new MetricsCsv(file, false)) {
            csv.onStep(Samples.metrics(0, true));
            Files.delete(file);
            Files.delete(mounted);
            // Its new columns must be written into the file's first line.
            for (int step = 1; step < 3; step++) {
                csv.onStep(Samples.metrics(step, false));
            }
            Files.createDirectory(mounted);
            csv.onStep(Samples.metrics(3, false));
            csv.onStep(Samples.metrics(4, false));
        }

        assertEquals(List.of("3", "4"), steps());
        assertEquals("1.5", rows().get(1).get("student_feature"));
    }

    @Test
    void dropsTheRowsOfStepsThatAResumedRunDoesAgainAlsoIfTheFirstOfThemCouldNotBeWritten()
            throws IOException {
        write(false, 0, 5, 2);
        Path away = directory.resolveSibling("away");
        try (MetricsCsv csv = new MetricsCsv(file, true)) {
            Files.move(directory, away);
            csv.onStep(Samples.metrics(3, false));
            Files.move(away, directory);
            csv.onStep(Samples.metrics(4, false));
        }

        assertEquals(List.of("0", "1", "2", "4"), steps());
    }

    @Test
    void dropsTheRowsOfStepsThatAResumedRunDoesAgain() throws IOException {
        write(false, 0, 5, 2);
        write(true, 3, 6, 2);

        assertEquals(List.of("0", "1", "2", "3", "4", "5"), steps());
    }

    @Test
    void keepsTheRowsOfARunThatIsResumedWhenFurtherColumnsCome() throws IOException {
        write(false, 0, 2, 2);
        write(true, 2, 4, 2);

        List<Map<String, String>> rows = rows();
        assertEquals(List.of("0", "1", "2", "3"), steps());
        assertEquals("3.0", rows.get(1).get("generator_bn_statistics"));
        assertNull(rows.get(1).get("student_feature"));
        assertEquals("1.5", rows.get(3).get("student_feature"));
    }

    @Test
    void beginsAnewWhereWhatIsThereHasNoHeader() throws IOException {
        Files.writeString(file, "");
        write(true, 2, 4, 2);

        assertEquals(List.of("2", "3"), steps());
    }

    @Test
    void startsAfreshWithoutResume() throws IOException {
        write(false, 0, 5, 2);
        write(false, 0, 2, 2);

        assertEquals(List.of("0", "1"), steps());
    }

    @Test
    void leavesOutALastLineThatAKilledProcessCutOff() throws IOException {
        write(false, 0, 3, 0);
        Files.writeString(file, "3,0,fal", StandardOpenOption.APPEND);

        assertEquals(List.of("0", "1", "2"), steps());
    }

    @Test
    void hasEveryFinishedStepInTheFileAtOnce() throws IOException {
        try (MetricsCsv csv = new MetricsCsv(file, false)) {
            csv.onStep(Samples.metrics(0, true));
            csv.onStep(Samples.metrics(1, true));

            assertEquals(List.of("0", "1"), steps());
            assertTrue(Files.readString(file).startsWith("step,epoch,calibrating,seconds,"));
        }
    }
}
