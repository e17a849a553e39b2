package io.aktnode.actors.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.actors.fake.Recorder;
import io.aktnode.actors.fake.States;
import io.aktnode.actors.policy.GatePolicy;
import io.aktnode.actors.policy.SpikeGate;
import io.aktnode.actors.run.LocalRun;
import io.aktnode.actors.run.RunOutcome;
import io.aktnode.actors.run.RunSpec;
import io.aktnode.nn.model.Safetensors;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.GeneratorRole;
import io.aktnode.nn.train.PlainLoop;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.StudentRole;
import io.aktnode.nn.train.TeacherRole;
import io.aktnode.nn.train.TrainingConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** The actors around real networks against the plain loop around the same. */
@Timeout(120)
class EngineLockstepTest {

    private static final int STEPS = 30;

    @TempDir Path directory;

    private record Ends(StateDict generator, StateDict student) {}

    private static TrainingConfig config(BaseMethod base, boolean akt) {
        return SmallEngine.config(base, akt, SmallEngine.schedule(3, STEPS / 3, 1), 4);
    }

    private static Ends plainLoop(TrainingConfig config) {
        try (SmallEngine roles = new SmallEngine(config, 1, SmallEngine.untrained(), 2);
                GeneratorRole generator = roles.generator();
                TeacherRole teacher = roles.teacher();
                StudentRole student = roles.student(0, config.quantization())) {
            PlainLoop loop =
                    new PlainLoop(
                            config,
                            generator,
                            teacher,
                            student,
                            new SpikeGate(GatePolicy.defaults()),
                            new SpikeGate(GatePolicy.defaults()));
            for (long step = 0; step < config.schedule().totalSteps(); step++) {
                loop.step(step);
            }
            return new Ends(generator.save(), student.save());
        }
    }

    private RunOutcome run(TrainingConfig config, int window, boolean resume, Recorder recorder) {
        RunSpec spec = new RunSpec(config, window, 2, directory, resume, 7, 9, Optional.empty(), 1);
        try (SmallEngine roles = new SmallEngine(config, window, SmallEngine.untrained(), 3)) {
            return LocalRun.run(spec, roles, recorder);
        }
    }

    @ParameterizedTest
    @CsvSource({"GDFQ,false", "GDFQ,true", "ADADFQ,false", "ADADFQ,true"})
    void lockstepEqualsThePlainLoopBitForBit(BaseMethod base, boolean akt) {
        TrainingConfig config = config(base, akt);

        RunOutcome outcome = run(config, 1, false, new Recorder());

        Ends expected = plainLoop(config);
        States.assertSame(expected.student(), outcome.student());
        States.assertSame(
                expected.generator(),
                Safetensors.read(
                        directory.resolve("checkpoints/step-00000030/generator.safetensors")));
        assertEquals(List.of(), outcome.interventions());
    }

    @Test
    void aRunKilledAndResumedEndsWithTheVerySameWeights() throws Exception {
        TrainingConfig config = config(BaseMethod.ADADFQ, true);
        run(config, 1, false, new Recorder());
        // What a process killed after step 21 leaves behind.
        for (String later : List.of("step-00000028", "step-00000030")) {
            Path checkpoint = directory.resolve("checkpoints").resolve(later);
            try (Stream<Path> files = Files.list(checkpoint)) {
                for (Path file : files.toList()) {
                    Files.delete(file);
                }
            }
            Files.delete(checkpoint);
        }
        Recorder recorder = new Recorder();

        RunOutcome resumed = run(config, 1, true, recorder);

        assertEquals(21, recorder.steps.get(0).step());
        States.assertSame(plainLoop(config).student(), resumed.student());
    }

    @ParameterizedTest
    @CsvSource({"GDFQ", "ADADFQ"})
    void aWindowOfThreeTrainsOnEveryBatch(BaseMethod base) {
        Recorder recorder = new Recorder();

        RunOutcome outcome = run(config(base, true), 3, false, recorder);

        assertEquals(STEPS, recorder.steps.size());
        assertEquals(List.of(), outcome.interventions());
        assertTrue(
                recorder.steps.stream()
                        .filter(step -> !step.calibrating())
                        .allMatch(step -> step.studentGradientNorm() > 0));
        assertTrue(recorder.steps.stream().anyMatch(step -> step.stalenessBatches() > 0));
    }

    private RunOutcome runTwoStudents(TrainingConfig config, Path to, Recorder recorder) {
        RunSpec spec =
                new RunSpec(config, 1, 2, to, false, 7, 9, Optional.empty(), 1)
                        .withFurtherStudents(List.of(QuantizationConfig.of(4)));
        try (SmallEngine roles = new SmallEngine(config, 1, SmallEngine.untrained(), 3)) {
            return LocalRun.run(spec, roles, recorder);
        }
    }

    @Test
    void studentsTheGeneratorDoesNotReadLearnAsIfEachWereAlone() {
        TrainingConfig three = config(BaseMethod.GDFQ, true);
        TrainingConfig four = three.withQuantization(QuantizationConfig.of(4));

        RunOutcome both = runTwoStudents(three, directory, new Recorder());

        States.assertSame(plainLoop(three).student(), both.students().get(0).state());
        States.assertSame(plainLoop(four).student(), both.students().get(1).state());
    }

    @Test
    void severalReadStudentsEqualThePlainLoopBitForBit() {
        TrainingConfig config = config(BaseMethod.ADADFQ, true);

        RunOutcome outcome = runTwoStudents(config, directory, new Recorder());

        try (SmallEngine roles = new SmallEngine(config, 1, SmallEngine.untrained(), 2);
                GeneratorRole generator = roles.generator();
                TeacherRole teacher = roles.teacher();
                StudentRole first = roles.student(0, config.quantization());
                StudentRole second = roles.student(1, QuantizationConfig.of(4))) {
            PlainLoop loop =
                    new PlainLoop(
                            config,
                            generator,
                            teacher,
                            List.of(first, second),
                            new SpikeGate(GatePolicy.defaults()),
                            List.of(
                                    new SpikeGate(GatePolicy.defaults()),
                                    new SpikeGate(GatePolicy.defaults())));
            for (long step = 0; step < STEPS; step++) {
                loop.step(step);
            }
            States.assertSame(first.save(), outcome.students().get(0).state());
            States.assertSame(second.save(), outcome.students().get(1).state());
        }
    }

    @Test
    void severalReadStudentsAreRepeatableAndEachIsReported() {
        TrainingConfig config = config(BaseMethod.ADADFQ, true);
        Recorder recorder = new Recorder();

        RunOutcome once = runTwoStudents(config, directory.resolve("once"), recorder);
        RunOutcome again = runTwoStudents(config, directory.resolve("again"), new Recorder());

        assertEquals(STEPS, recorder.steps.size());
        for (int id = 0; id < 2; id++) {
            States.assertSame(once.students().get(id).state(), again.students().get(id).state());
            int student = id;
            assertTrue(
                    recorder.steps.stream()
                            .filter(step -> !step.calibrating())
                            .allMatch(step -> step.students().get(student).gradientNorm() > 0));
        }
    }
}
