package io.aktnode.actors.engine;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.actors.fake.FaultInjector;
import io.aktnode.actors.fake.Recorder;
import io.aktnode.actors.run.LocalRun;
import io.aktnode.actors.run.RoleFactory;
import io.aktnode.actors.run.RunOutcome;
import io.aktnode.actors.run.RunSpec;
import io.aktnode.nn.data.ImageSet;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.GeneratorRole;
import io.aktnode.nn.train.GradientReport;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.StudentRole;
import io.aktnode.nn.train.TeacherRole;
import io.aktnode.nn.train.TrainingConfig;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.function.UnaryOperator;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** Faults in a run with real networks: it must end as accurate as one that met none. */
@Timeout(180)
class EngineFaultTest {

    private static final int STEPS_PER_EPOCH = 30;
    private static final int CALIBRATION_EPOCHS = 2;
    private static final int FAULT_STEP = 140;
    private static final int FAULT_TRAINED_STEP = FAULT_STEP - CALIBRATION_EPOCHS * STEPS_PER_EPOCH;
    private static final TrainingConfig CONFIG =
            SmallEngine.config(
                    BaseMethod.ADADFQ,
                    true,
                    SmallEngine.schedule(8, STEPS_PER_EPOCH, CALIBRATION_EPOCHS),
                    16);

    @TempDir static Path undisturbedDirectory;
    private static StateDict teacher;
    private static ImageSet heldOut;
    private static double undisturbed;

    @TempDir Path directory;
    private final Recorder recorder = new Recorder();

    @BeforeAll
    static void runUndisturbed() {
        teacher = SmallEngine.trained(6, 2000);
        heldOut = SmallEngine.images(2000, 77);
        Recorder recorder = new Recorder();
        undisturbed =
                run(undisturbedDirectory, recorder, UnaryOperator.identity())
                        .lastTop1()
                        .orElseThrow();
        assertEquals(List.of(), recorder.interventions);
        // Calibrated only; training must have been worth something for the comparison to be.
        double calibrated = recorder.evaluations.get(0).top1();
        assertTrue(undisturbed > calibrated + 1, calibrated + " to " + undisturbed);
    }

    private static RunOutcome run(
            Path directory, Recorder recorder, UnaryOperator<RoleFactory> faults) {
        RunSpec spec =
                new RunSpec(CONFIG, 1, 4, directory, false, 25, 2, Optional.of(heldOut), 100);
        try (SmallEngine engine = new SmallEngine(CONFIG, 1, teacher, 4)) {
            return LocalRun.run(spec, faults.apply(engine), recorder);
        }
    }

    private void assertEndsAsAccurate(RunOutcome outcome) {
        double top1 = outcome.lastTop1().orElseThrow();
        assertTrue(
                Math.abs(top1 - undisturbed) <= 1,
                top1 + " % after " + recorder.actions() + ", undisturbed " + undisturbed + " %");
    }

    /** Wraps the roles of one kind. */
    private record Faulty(
            RoleFactory roles,
            UnaryOperator<GeneratorRole> generators,
            UnaryOperator<TeacherRole> teachers,
            UnaryOperator<StudentRole> students)
            implements RoleFactory {

        @Override
        public GeneratorRole generator() {
            return generators.apply(roles.generator());
        }

        @Override
        public TeacherRole teacher() {
            return teachers.apply(roles.teacher());
        }

        @Override
        public StudentRole student(int id, QuantizationConfig bits) {
            return students.apply(roles.student(id, bits));
        }

        static UnaryOperator<RoleFactory> student(UnaryOperator<StudentRole> wrap) {
            return roles ->
                    new Faulty(roles, UnaryOperator.identity(), UnaryOperator.identity(), wrap);
        }

        static UnaryOperator<RoleFactory> generator(UnaryOperator<GeneratorRole> wrap) {
            return roles ->
                    new Faulty(roles, wrap, UnaryOperator.identity(), UnaryOperator.identity());
        }
    }

    /** The state with one array of weights, the first that is no moment, full of NaN. */
    private static StateDict poisoned(StateDict state, String name) {
        StateDict poisoned = new StateDict();
        state.metadata().forEach(poisoned::putMetadata);
        state.arrays()
                .forEach(
                        (key, array) -> {
                            float[] values = array.values().clone();
                            if (key.equals(name)) {
                                Arrays.fill(values, Float.NaN);
                            }
                            poisoned.put(key, new FloatArray(array.shape(), values));
                        });
        return poisoned;
    }

    @Test
    void rollsBackAStudentWithNaNWeights() {
        FaultInjector<StudentRole> poison =
                new FaultInjector<>(
                        StudentRole.class,
                        "forward",
                        (student, call, proceed) -> {
                            if (call == FAULT_STEP) {
                                student.restore(poisoned(student.save(), "output.weight"));
                            }
                            return proceed.proceed();
                        });

        RunOutcome outcome = run(directory, recorder, Faulty.student(poison::wrap));

        assertTrue(recorder.actions().contains("rollback"), recorder.actions().toString());
        assertEndsAsAccurate(outcome);
    }

    @Test
    void rollsBackAGeneratorWithNaNWeights() {
        FaultInjector<GeneratorRole> poison =
                new FaultInjector<>(
                        GeneratorRole.class,
                        "generate",
                        (generator, call, proceed) -> {
                            if (call == FAULT_STEP) {
                                StateDict state = generator.save();
                                String first = state.arrays().keySet().iterator().next();
                                generator.restore(poisoned(state, first));
                            }
                            return proceed.proceed();
                        });

        RunOutcome outcome = run(directory, recorder, Faulty.generator(poison::wrap));

        assertTrue(recorder.actions().contains("rollback"), recorder.actions().toString());
        assertEndsAsAccurate(outcome);
    }

    @Test
    void clipsAThousandfoldGradient() {
        FaultInjector<StudentRole> report =
                new FaultInjector<>(
                        StudentRole.class,
                        "gradients",
                        (student, call, proceed) -> {
                            GradientReport real = (GradientReport) proceed.proceed();
                            return call == FAULT_TRAINED_STEP
                                    ? new GradientReport(
                                            real.losses(),
                                            1000 * real.norm(),
                                            1000 * real.largest(),
                                            0)
                                    : real;
                        });
        // The gradient itself, too, is a thousand times as large when it is applied.
        FaultInjector<StudentRole> apply =
                new FaultInjector<>(
                        StudentRole.class,
                        "apply",
                        (arguments, student, call, proceed) ->
                                call == FAULT_TRAINED_STEP
                                        ? student.apply(
                                                1000 * (double) arguments[0], (double) arguments[1])
                                        : proceed.proceed());

        RunOutcome outcome =
                run(
                        directory,
                        recorder,
                        Faulty.student(student -> report.wrap(apply.wrap(student))));

        assertEquals(List.of("rescale"), recorder.actions());
        assertEndsAsAccurate(outcome);
    }

    @Test
    void restartsRolesThatThrowAndEndsTheVerySame() {
        FaultInjector<GeneratorRole> generator =
                FaultInjector.throwing(GeneratorRole.class, "gradients", FAULT_STEP - 50);
        FaultInjector<TeacherRole> teacher =
                FaultInjector.throwing(TeacherRole.class, "inputGradient", FAULT_STEP);
        FaultInjector<StudentRole> student =
                FaultInjector.throwing(StudentRole.class, "gradients", FAULT_TRAINED_STEP + 50);

        RunOutcome outcome =
                run(
                        directory,
                        recorder,
                        roles -> new Faulty(roles, generator::wrap, teacher::wrap, student::wrap));

        assertEquals(List.of("restart", "restart", "restart"), recorder.actions());
        assertEquals(undisturbed, outcome.lastTop1().orElseThrow());
    }
}
