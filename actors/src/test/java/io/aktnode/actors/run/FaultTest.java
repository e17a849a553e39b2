package io.aktnode.actors.run;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import io.aktnode.actors.fake.FakeRoles;
import io.aktnode.actors.fake.FakeStudent;
import io.aktnode.actors.fake.FaultInjector;
import io.aktnode.actors.fake.Recorder;
import io.aktnode.actors.fake.ReferenceLoop;
import io.aktnode.actors.fake.States;
import io.aktnode.actors.policy.CurePolicy;
import io.aktnode.nn.data.ImageSet;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.GeneratorRole;
import io.aktnode.nn.train.GradientReport;
import io.aktnode.nn.train.StudentRole;
import io.aktnode.nn.train.TeacherRole;
import io.aktnode.nn.train.TrainingConfig;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicBoolean;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Faults put between the actors and their roles: what is done about them, and how the run ends. */
@Timeout(60)
class FaultTest {

    private static final TrainingConfig CONFIG = FakeRoles.config(BaseMethod.ADADFQ, true);
    private static final int FIRST_TRAINED = 20;
    private static final RunPolicy POLICY =
            RunPolicy.defaults().withCures(new CurePolicy(3, 50, 8, 60, 60, 3, 2, 5, false));

    @TempDir Path directory;
    private final Recorder recorder = new Recorder();

    private RunOutcome run(RoleFactory roles) {
        RunSpec spec =
                new RunSpec(
                        CONFIG,
                        1,
                        1,
                        directory,
                        false,
                        10,
                        3,
                        Optional.of(new ImageSet(List.of("one"), 1, 1, new byte[3], new int[1])),
                        2);
        return LocalRun.start(spec, roles, recorder, RunEnvironment.defaults().withPolicy(POLICY))
                .await();
    }

    private static StateDict undisturbed() {
        return ReferenceLoop.undisturbed(CONFIG).student();
    }

    /** The student of the fakes learns the teacher's logits; how well is its distance to them. */
    private static void assertAsGoodAsUndisturbed(StateDict student) {
        float[] expected = undisturbed().get("weights").values();
        float[] actual = student.get("weights").values();
        double difference = 0;
        double norm = 0;
        for (int i = 0; i < expected.length; i++) {
            assertTrue(Float.isFinite(actual[i]), Arrays.toString(actual));
            difference += Math.pow(expected[i] - actual[i], 2);
            norm += Math.pow(expected[i], 2);
        }
        assertTrue(
                Math.sqrt(difference / norm) < 0.25,
                "relative distance " + Math.sqrt(difference / norm));
    }

    private static FaultInjector<StudentRole> studentWeightsBecomeNaN(String method, int atCall) {
        return new FaultInjector<>(
                StudentRole.class,
                method,
                (student, call, proceed) -> {
                    if (call == atCall) {
                        Arrays.fill(((FakeStudent) student).weights(), Float.NaN);
                    }
                    return proceed.proceed();
                });
    }

    @Test
    void rollsBackAStudentWhoseWeightsBecameNaN() throws Exception {
        RunOutcome outcome =
                run(FakeRoles.of(CONFIG).students(studentWeightsBecomeNaN("forward", 33)::wrap));

        assertTrue(recorder.actions().contains("skip"), recorder.actions().toString());
        assertEquals(1, recorder.actions().stream().filter("rollback"::equals).count());
        assertFalse(recorder.actions().contains("restart"));
        assertAsGoodAsUndisturbed(outcome.student());
        List<String> journal = Files.readAllLines(directory.resolve("journal.jsonl"));
        assertTrue(
                journal.stream().anyMatch(line -> line.contains("\"action\":\"rollback\"")),
                journal.toString());
        assertTrue(journal.get(journal.size() - 1).contains("completed"));
    }

    @Test
    void rollsBackAStudentWhoseWeightsBecameNaNWhileCalibrating() {
        RunOutcome outcome =
                run(FakeRoles.of(CONFIG).students(studentWeightsBecomeNaN("forward", 13)::wrap));

        assertTrue(recorder.actions().contains("rollback"), recorder.actions().toString());
        assertAsGoodAsUndisturbed(outcome.student());
    }

    @Test
    void neverSavesAStateThatIsNotFinite() {
        // The last step before the checkpoint at 40: no gradient has shown it yet.
        RunOutcome outcome =
                run(FakeRoles.of(CONFIG).students(studentWeightsBecomeNaN("save", 4)::wrap));

        assertEquals(List.of("rollback"), recorder.actions());
        assertEquals(
                "its state is not finite at a checkpoint", recorder.interventions.get(0).reason());
        assertAsGoodAsUndisturbed(outcome.student());
    }

    @ParameterizedTest
    @CsvSource({"student", "generator"})
    void clipsAThousandfoldGradientAndGoesOn(String role) {
        FakeRoles roles = FakeRoles.of(CONFIG);
        if (role.equals("student")) {
            // The factor is on the logits, so on the gradient, too.
            roles = roles.students(scaledGradient(StudentRole.class, 25)::wrap);
        } else {
            roles = roles.generators(scaledGradient(GeneratorRole.class, 45)::wrap);
        }

        RunOutcome outcome = run(roles);

        assertEquals(List.of("rescale"), recorder.actions());
        assertEquals(role, outcome.interventions().get(0).role());
        assertAsGoodAsUndisturbed(outcome.student());
    }

    /** Reports a gradient as if it were a thousand times as large, and applies it so. */
    private static <T> FaultInjector<T> scaledGradient(Class<T> role, int atCall) {
        return new FaultInjector<>(
                role,
                "gradients",
                (target, call, proceed) -> {
                    GradientReport report = (GradientReport) proceed.proceed();
                    return call == atCall
                            ? new GradientReport(
                                    report.losses(),
                                    1000 * report.norm(),
                                    1000 * report.largest(),
                                    0)
                            : report;
                });
    }

    @Test
    void neverAppliesAGradientThatIsNotFinite() {
        AtomicBoolean lastWasFinite = new AtomicBoolean(true);
        AtomicBoolean appliedNonFinite = new AtomicBoolean();
        FaultInjector<StudentRole> nonFinite =
                new FaultInjector<>(
                        StudentRole.class,
                        "gradients",
                        (student, call, proceed) -> {
                            GradientReport report = (GradientReport) proceed.proceed();
                            lastWasFinite.set(call % 9 != 8);
                            return lastWasFinite.get()
                                    ? report
                                    : new GradientReport(
                                            report.losses(), Double.NaN, Double.NaN, 1);
                        });
        FaultInjector<StudentRole> apply =
                new FaultInjector<>(
                        StudentRole.class,
                        "apply",
                        (student, call, proceed) -> {
                            if (!lastWasFinite.get()) {
                                appliedNonFinite.set(true);
                            }
                            return proceed.proceed();
                        });

        run(FakeRoles.of(CONFIG).students(student -> apply.wrap(nonFinite.wrap(student))));

        assertFalse(appliedNonFinite.get());
        assertEquals(List.of("skip", "skip", "skip", "skip"), recorder.actions());
        assertEquals(40, nonFinite.calls());
        assertEquals(36, apply.calls());
    }

    @ParameterizedTest
    @CsvSource({
        "teacher,forward,33",
        "teacher,inputGradient,3",
        "student,forward,33",
        "student,gradients,7",
        "student,apply,30",
        "student,save,3",
        "student,evaluate,1",
        "generator,generate,41",
        "generator,logitGradients,25",
        "generator,gradients,25",
        "generator,save,2"
    })
    void restartsARoleThatThrewAndLosesNothing(String role, String method, int call) {
        FakeRoles roles = FakeRoles.of(CONFIG);
        roles =
                switch (role) {
                    case "teacher" ->
                            roles.teachers(
                                    FaultInjector.throwing(TeacherRole.class, method, call)::wrap);
                    case "student" ->
                            roles.students(
                                    FaultInjector.throwing(StudentRole.class, method, call)::wrap);
                    default ->
                            roles.generators(
                                    FaultInjector.throwing(GeneratorRole.class, method, call)
                                            ::wrap);
                };

        RunOutcome outcome = run(roles);

        assertEquals(List.of("restart"), recorder.actions());
        assertTrue(recorder.interventions.get(0).reason().contains("injected into " + method));
        // One restart meets the same noise again, so nothing tells the weights apart.
        States.assertSame(undisturbed(), outcome.student());
    }

    @Test
    void survivesARoleThatThrowsWhileItIsRestored() {
        FaultInjector<StudentRole> learning =
                FaultInjector.throwing(StudentRole.class, "gradients", 12);
        FaultInjector<StudentRole> restoring =
                FaultInjector.throwing(StudentRole.class, "restore", 0);

        RunOutcome outcome =
                run(
                        FakeRoles.of(CONFIG)
                                .students(student -> restoring.wrap(learning.wrap(student))));

        assertEquals(List.of("restart", "restart"), recorder.actions());
        assertTrue(outcome.completed());
        // The second restart took other noise, in case the first one's was to blame.
        assertAsGoodAsUndisturbed(outcome.student());
    }

    @Test
    void stopsWithOneSentenceWhenNothingHelps() {
        FaultInjector<TeacherRole> broken =
                new FaultInjector<>(
                        TeacherRole.class,
                        "forward",
                        (teacher, call, proceed) -> {
                            if (call >= FIRST_TRAINED) {
                                throw new IllegalStateException("out of memory on device 0");
                            }
                            return proceed.proceed();
                        });

        RunUnhealthyException failed =
                assertThrows(
                        RunUnhealthyException.class,
                        () -> run(FakeRoles.of(CONFIG).teachers(broken::wrap)));

        assertEquals(
                "stopped at step 20 because of the teacher: IllegalStateException: out of memory on"
                        + " device 0; 0 of 3 rollbacks and 2 of 2 restarts within an hour did not"
                        + " help; the last healthy checkpoint is "
                        + directory.resolve("checkpoints/step-00000020"),
                failed.getMessage());
        assertEquals(List.of("restart", "restart", "stop"), recorder.actions());
    }

    @Test
    void climbsFromSkippingToStoppingWhenATeacherTalksNonsense() {
        FaultInjector<TeacherRole> nonsense =
                new FaultInjector<>(
                        TeacherRole.class,
                        "inputGradient",
                        (teacher, call, proceed) -> {
                            Tensor gradient = (Tensor) proceed.proceed();
                            if (call > 30) {
                                gradient.set(0, Float.NaN);
                            }
                            return gradient;
                        });

        assertThrows(
                RunUnhealthyException.class,
                () -> run(FakeRoles.of(CONFIG).teachers(nonsense::wrap)));

        assertEquals(
                List.of(
                        "skip",
                        "skip",
                        "skip",
                        "rollback",
                        "skip",
                        "skip",
                        "skip",
                        "rollback",
                        "skip",
                        "skip",
                        "skip",
                        "rollback",
                        "skip",
                        "skip",
                        "skip",
                        "restart",
                        "skip",
                        "skip",
                        "skip",
                        "restart",
                        "skip",
                        "skip",
                        "skip",
                        "stop"),
                recorder.actions());
    }
}
