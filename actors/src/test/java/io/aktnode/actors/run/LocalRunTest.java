package io.aktnode.actors.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import akka.actor.typed.ActorSystem;
import akka.actor.typed.javadsl.Behaviors;
import com.typesafe.config.ConfigFactory;
import io.aktnode.actors.fake.FakeRoles;
import io.aktnode.actors.fake.FaultInjector;
import io.aktnode.actors.fake.Recorder;
import io.aktnode.actors.fake.ReferenceLoop;
import io.aktnode.actors.fake.States;
import io.aktnode.nn.data.ImageSet;
import io.aktnode.nn.model.Safetensors;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.GeneratorRole;
import io.aktnode.nn.train.Schedule;
import io.aktnode.nn.train.StudentRole;
import io.aktnode.nn.train.TeacherRole;
import io.aktnode.nn.train.TrainingConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Whole runs over Aeron, with small fake networks. */
@Timeout(60)
class LocalRunTest {

    private static final ImageSet IMAGES =
            new ImageSet(List.of("one"), 1, 1, new byte[3], new int[1]);

    @TempDir Path directory;
    private final Recorder recorder = new Recorder();

    private RunSpec spec(TrainingConfig config, int window, boolean resume) {
        return new RunSpec(config, window, 1, directory, resume, 15, 3, Optional.of(IMAGES), 2);
    }

    private static ReferenceLoop.Result reference(TrainingConfig config) {
        return ReferenceLoop.undisturbed(config);
    }

    @ParameterizedTest
    @CsvSource({"GDFQ,false", "GDFQ,true", "ADADFQ,false", "ADADFQ,true"})
    void lockstepEqualsThePlainLoopBitForBit(BaseMethod base, boolean akt) {
        TrainingConfig config = FakeRoles.config(base, akt);

        RunOutcome outcome = LocalRun.run(spec(config, 1, false), FakeRoles.of(config), recorder);

        ReferenceLoop.Result expected = reference(config);
        States.assertSame(expected.student(), outcome.student());
        States.assertSame(
                expected.generator(),
                Safetensors.read(
                        directory.resolve("checkpoints/step-00000060/generator.safetensors")));
        assertTrue(outcome.completed());
        assertEquals(60, outcome.steps());
        assertEquals(List.of(), outcome.interventions());
    }

    @Test
    void reportsEachStepOnceAndEvaluatesAsPlanned() {
        TrainingConfig config = FakeRoles.config(BaseMethod.ADADFQ, true);

        RunOutcome outcome = LocalRun.run(spec(config, 1, false), FakeRoles.of(config), recorder);

        assertEquals(
                IntStream.range(0, 60).mapToObj(i -> (long) i).toList(),
                recorder.steps.stream().map(StepMetrics::step).toList());
        StepMetrics first = recorder.steps.get(0);
        assertTrue(first.calibrating());
        assertTrue(Double.isNaN(first.studentGradientNorm()));
        StepMetrics last = recorder.steps.get(59);
        assertEquals(5, last.epoch());
        assertTrue(last.studentGradientNorm() > 0 && last.updateRatio() > 0);
        assertTrue(last.generatorLosses().containsKey("bn_statistics"));
        assertEquals(0, last.stalenessBatches());
        assertEquals(
                List.of(2, 4, 6), recorder.evaluations.stream().map(Evaluation::epoch).toList());
        assertEquals(List.of(0L, 15L, 30L, 45L, 60L), recorder.checkpoints);
        assertEquals(recorder.evaluations.get(2).top1(), outcome.lastTop1().orElseThrow());
    }

    @Test
    void eachRoleWorksOnAThreadOfItsOwnRestartsIncluded() {
        TrainingConfig config = FakeRoles.config(BaseMethod.ADADFQ, true);
        Map<String, Set<Thread>> threads = new ConcurrentHashMap<>();
        FaultInjector<StudentRole> failing =
                FaultInjector.throwing(StudentRole.class, "gradients", 5);
        FakeRoles roles =
                FakeRoles.of(config)
                        .generators(noting(GeneratorRole.class, "generate", threads)::wrap)
                        .teachers(noting(TeacherRole.class, "forward", threads)::wrap)
                        .students(
                                student ->
                                        failing.wrap(
                                                noting(StudentRole.class, "forward", threads)
                                                        .wrap(student)));

        RunOutcome outcome = LocalRun.run(spec(config, 1, false), roles, recorder);

        assertEquals("restart", outcome.interventions().get(0).action());
        assertEquals(3, threads.size());
        threads.values().forEach(used -> assertEquals(1, used.size(), used.toString()));
        assertEquals(3, threads.values().stream().flatMap(Set::stream).distinct().count());
    }

    private static <T> FaultInjector<T> noting(
            Class<T> role, String method, Map<String, Set<Thread>> threads) {
        return new FaultInjector<>(
                role,
                method,
                (target, call, proceed) -> {
                    threads.computeIfAbsent(
                                    role.getSimpleName(), name -> ConcurrentHashMap.newKeySet())
                            .add(Thread.currentThread());
                    return proceed.proceed();
                });
    }

    @Test
    void runsInsideAClusterNodeAndLeavesItUp() {
        TrainingConfig config = FakeRoles.config(BaseMethod.ADADFQ, true);
        ActorSystem<Void> node =
                ActorSystem.create(
                        Behaviors.empty(),
                        "node",
                        ConfigFactory.parseString(
                                        """
                                        akka.actor.provider = cluster
                                        akka.remote.artery.canonical.hostname = 127.0.0.1
                                        akka.remote.artery.canonical.port = 0
                                        akka.coordinated-shutdown.exit-jvm = off
                                        """)
                                .withFallback(ConfigFactory.load()));
        try {
            RunOutcome outcome =
                    LocalRun.start(
                                    spec(config, 1, false),
                                    FakeRoles.of(config),
                                    recorder,
                                    RunEnvironment.defaults().withSystem(node))
                            .await();

            States.assertSame(reference(config).student(), outcome.student());
            assertFalse(node.whenTerminated().isCompleted());
        } finally {
            node.terminate();
            node.getWhenTerminated().toCompletableFuture().join();
        }
    }

    @ParameterizedTest
    @CsvSource({"GDFQ,2", "ADADFQ,2", "ADADFQ,4"})
    void aWindowRunsAheadAndReportsItsStaleness(BaseMethod base, int window) {
        TrainingConfig config = FakeRoles.config(base, true);

        RunOutcome outcome =
                LocalRun.run(spec(config, window, false), FakeRoles.of(config), recorder);

        assertEquals(60, outcome.steps());
        assertEquals(60, recorder.steps.size());
        assertTrue(
                recorder.steps.stream().allMatch(step -> step.stalenessBatches() < window),
                recorder.steps.toString());
        assertTrue(recorder.steps.stream().anyMatch(step -> step.stalenessBatches() > 0));
        assertTrue(
                recorder.steps.stream()
                        .filter(step -> !step.calibrating())
                        .allMatch(step -> step.studentGradientNorm() > 0));
    }

    @Test
    void aRunAbandonedMidwayAndResumedEndsWithTheVerySameWeights() throws Exception {
        TrainingConfig config = FakeRoles.config(BaseMethod.ADADFQ, true);
        // A directory as a killed process leaves it: checkpoints up to step 30, and a torn one.
        LocalRun first =
                LocalRun.start(
                        spec(config, 1, false),
                        FakeRoles.of(config),
                        new RunListener() {},
                        RunEnvironment.defaults());
        first.await();
        Path checkpoints = directory.resolve("checkpoints");
        deleteTree(checkpoints.resolve("step-00000060"));
        deleteTree(checkpoints.resolve("step-00000045"));
        Files.createDirectory(checkpoints.resolve(".writing-step-00000045"));

        RunOutcome resumed = LocalRun.run(spec(config, 1, true), FakeRoles.of(config), recorder);

        assertEquals(30, recorder.steps.get(0).step());
        States.assertSame(reference(config).student(), resumed.student());
        assertEquals(60, resumed.steps());
    }

    private static void deleteTree(Path tree) throws java.io.IOException {
        try (var files = Files.list(tree)) {
            for (Path file : files.toList()) {
                Files.delete(file);
            }
        }
        Files.delete(tree);
    }

    @Test
    void aCancelledRunTakesACheckpointAndCanBeResumed() {
        TrainingConfig endless =
                FakeRoles.config(BaseMethod.GDFQ, true, new Schedule(9999, 10, 2, List.of(), 0.1));

        RunOutcome first = cancelledAfter(20, endless, false);
        RunOutcome second = cancelledAfter(first.steps() + 20, endless, true);

        assertFalse(first.completed());
        assertTrue(first.steps() > 20 && second.steps() > first.steps() + 20);
        assertEquals(first.steps(), recorder.steps.get(0).step());
        for (RunOutcome outcome : List.of(first, second)) {
            States.assertSame(
                    ReferenceLoop.undisturbed(endless, outcome.steps()).student(),
                    outcome.student());
        }
    }

    private RunOutcome cancelledAfter(long step, TrainingConfig config, boolean resume) {
        CompletableFuture<LocalRun> started = new CompletableFuture<>();
        recorder.steps.clear();
        RunListener canceller =
                new RunListener() {
                    @Override
                    public void onStep(StepMetrics metrics) {
                        recorder.onStep(metrics);
                        if (metrics.step() == step) {
                            started.join().cancel("enough");
                        }
                    }
                };
        started.complete(
                LocalRun.start(
                        spec(config, 1, resume),
                        FakeRoles.of(config),
                        canceller,
                        RunEnvironment.defaults()));
        return started.join().await();
    }

    @Test
    void doesNotOverwriteAnEarlierRun() {
        TrainingConfig config = FakeRoles.config(BaseMethod.GDFQ, false);
        LocalRun.run(spec(config, 1, false), FakeRoles.of(config), recorder);

        RunFailedException refused =
                assertThrows(
                        RunFailedException.class,
                        () -> LocalRun.run(spec(config, 1, false), FakeRoles.of(config), recorder));

        assertTrue(refused.getMessage().contains("holds checkpoints of an earlier run"));
    }

    @Test
    void refusesToResumeWithAnotherSetting() {
        TrainingConfig config = FakeRoles.config(BaseMethod.GDFQ, false);
        LocalRun.run(spec(config, 1, false), FakeRoles.of(config), recorder);

        RunFailedException refused =
                assertThrows(
                        RunFailedException.class,
                        () ->
                                LocalRun.run(
                                        spec(config.withSeed(12), 1, true),
                                        FakeRoles.of(config),
                                        recorder));

        assertTrue(
                refused.getMessage().contains("training.seed=11, now it is 12"),
                refused.getMessage());
    }

    @Test
    void saysWhyARoleCannotBeMade() {
        TrainingConfig config = FakeRoles.config(BaseMethod.GDFQ, false);

        RunFailedException failed =
                assertThrows(
                        RunFailedException.class,
                        () ->
                                LocalRun.run(
                                        spec(config, 1, false),
                                        FakeRoles.of(config)
                                                .teachers(
                                                        teacher -> {
                                                            teacher.close();
                                                            throw new IllegalArgumentException(
                                                                    "layer Lambda is not"
                                                                            + " supported");
                                                        }),
                                        recorder));

        assertEquals(
                "teacher-0 cannot be started: layer Lambda is not supported", failed.getMessage());
    }
}
