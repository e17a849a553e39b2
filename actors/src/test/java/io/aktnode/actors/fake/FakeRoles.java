package io.aktnode.actors.fake;

import io.aktnode.actors.run.RoleFactory;
import io.aktnode.nn.train.BaseMethod;
import io.aktnode.nn.train.GeneratorConfig;
import io.aktnode.nn.train.GeneratorRole;
import io.aktnode.nn.train.MethodConfig;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.Schedule;
import io.aktnode.nn.train.StudentOptimizerConfig;
import io.aktnode.nn.train.StudentRole;
import io.aktnode.nn.train.TeacherRole;
import io.aktnode.nn.train.TrainingConfig;
import java.util.List;
import java.util.concurrent.atomic.AtomicInteger;
import java.util.function.UnaryOperator;

/** Makes fake roles, each wrapped as a test wants, and counts how many it made. */
public final class FakeRoles implements RoleFactory {

    private final TrainingConfig config;
    private final UnaryOperator<GeneratorRole> generators;
    private final UnaryOperator<TeacherRole> teachers;
    private final UnaryOperator<StudentRole> students;
    public final AtomicInteger made = new AtomicInteger();

    private FakeRoles(
            TrainingConfig config,
            UnaryOperator<GeneratorRole> generators,
            UnaryOperator<TeacherRole> teachers,
            UnaryOperator<StudentRole> students) {
        this.config = config;
        this.generators = generators;
        this.teachers = teachers;
        this.students = students;
    }

    public static FakeRoles of(TrainingConfig config) {
        return new FakeRoles(
                config, UnaryOperator.identity(), UnaryOperator.identity(), role -> role);
    }

    public FakeRoles generators(UnaryOperator<GeneratorRole> wrap) {
        return new FakeRoles(config, wrap, teachers, students);
    }

    public FakeRoles teachers(UnaryOperator<TeacherRole> wrap) {
        return new FakeRoles(config, generators, wrap, students);
    }

    public FakeRoles students(UnaryOperator<StudentRole> wrap) {
        return new FakeRoles(config, generators, teachers, wrap);
    }

    @Override
    public GeneratorRole generator() {
        made.incrementAndGet();
        return generators.apply(
                new FakeGenerator(config.seed(), config.method().base().generatorReadsStudent()));
    }

    @Override
    public TeacherRole teacher() {
        made.incrementAndGet();
        return teachers.apply(new FakeTeacher(config.method().akt()));
    }

    @Override
    public StudentRole student(int id, QuantizationConfig bits) {
        made.incrementAndGet();
        return students.apply(new FakeStudent());
    }

    /** 6 epochs of 10 steps, the first 2 of which calibrate, the last one at a tenth the rate. */
    public static TrainingConfig config(BaseMethod base, boolean akt) {
        return config(base, akt, new Schedule(6, 10, 2, List.of(5), 0.1));
    }

    public static TrainingConfig config(BaseMethod base, boolean akt, Schedule schedule) {
        return new TrainingConfig(
                MethodConfig.of(base, akt),
                QuantizationConfig.of(3),
                schedule,
                StudentOptimizerConfig.defaults(),
                GeneratorConfig.defaults(),
                FakeGenerator.BATCH,
                1,
                11);
    }
}
