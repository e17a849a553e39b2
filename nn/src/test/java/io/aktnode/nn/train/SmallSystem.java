package io.aktnode.nn.train;

import io.aktnode.nn.data.Normalization;
import io.aktnode.nn.engine.GraphParameters;
import io.aktnode.nn.generator.EngineGenerator;
import io.aktnode.nn.generator.GeneratorShape;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.role.EngineStudent;
import io.aktnode.nn.role.EngineTeacher;
import io.aktnode.nn.zoo.Architecture;

/** All three roles around a freshly initialised ResNet-8, small enough for a test. */
final class SmallSystem implements AutoCloseable {

    private static final Architecture ARCHITECTURE = new Architecture("resnet8", 10, 16);
    private static final int LATENT = 16;
    private static final int RGB = 3;

    final TrainingConfig config;
    final EngineGenerator generator;
    final EngineTeacher teacher;
    final EngineStudent student;
    final PlainLoop loop;
    private final ComputePool pool;

    SmallSystem(BaseMethod method, boolean akt, int threads, long seed) {
        this.config =
                new TrainingConfig(
                        MethodConfig.of(method, akt),
                        QuantizationConfig.of(3),
                        new Schedule(10_000, 10, 1, java.util.List.of(), 0.1),
                        StudentOptimizerConfig.defaults(),
                        new GeneratorConfig(LATENT, 1e-3, 0.5, 0.999),
                        4,
                        2,
                        seed);
        this.pool = new ComputePool(threads);
        StateDict weights = GraphParameters.read(ARCHITECTURE.graph(99));
        this.generator =
                new EngineGenerator(
                        config,
                        new GeneratorShape(
                                ARCHITECTURE.classes(), LATENT, ARCHITECTURE.size(), RGB),
                        1,
                        pool);
        this.teacher = new EngineTeacher(ARCHITECTURE, weights, config, pool);
        this.student =
                new EngineStudent(ARCHITECTURE, weights, config, Normalization.cifar10(), pool);
        this.loop =
                new PlainLoop(
                        config,
                        generator,
                        teacher,
                        student,
                        UpdateGate.finiteOnly(),
                        UpdateGate.finiteOnly());
    }

    @Override
    public void close() {
        generator.close();
        teacher.close();
        student.close();
        pool.close();
    }
}
