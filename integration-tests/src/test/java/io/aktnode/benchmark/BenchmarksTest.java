package io.aktnode.benchmark;

import static org.junit.jupiter.api.Assertions.assertTrue;

import java.util.Collection;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.openjdk.jmh.annotations.Mode;
import org.openjdk.jmh.results.RunResult;
import org.openjdk.jmh.runner.Runner;
import org.openjdk.jmh.runner.RunnerException;
import org.openjdk.jmh.runner.options.OptionsBuilder;
import org.openjdk.jmh.runner.options.VerboseMode;

@Timeout(300)
class BenchmarksTest {

    /** Once, on little, without a fork: it measures nothing, but the benchmarks do not rot. */
    @Test
    void everyBenchmarkRuns() throws RunnerException {
        Collection<RunResult> results =
                new Runner(
                                new OptionsBuilder()
                                        .include("io\\.aktnode\\.benchmark\\..*")
                                        .mode(Mode.SingleShotTime)
                                        .warmupIterations(0)
                                        .measurementIterations(1)
                                        .forks(0)
                                        .param("images", "8")
                                        .param("batch", "8")
                                        .shouldFailOnError(true)
                                        .verbosity(VerboseMode.SILENT)
                                        .build())
                        .run();

        assertTrue(results.size() > 80, results.size() + " results");
        results.forEach(
                result -> assertTrue(result.getPrimaryResult().getScore() > 0, result.toString()));
    }
}
