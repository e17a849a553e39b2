package io.aktnode.ops.job;

import io.aktnode.actors.run.RoleFactory;
import io.aktnode.actors.run.RunSpec;
import io.aktnode.nn.generator.EngineGenerator;
import io.aktnode.nn.generator.GeneratorShape;
import io.aktnode.nn.kernel.ComputePool;
import io.aktnode.nn.model.FloatArray;
import io.aktnode.nn.model.StateDict;
import io.aktnode.nn.role.EngineStudent;
import io.aktnode.nn.role.EngineTeacher;
import io.aktnode.nn.train.GeneratorRole;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.StudentRole;
import io.aktnode.nn.train.SyntheticBatch;
import io.aktnode.nn.train.TeacherRole;
import java.nio.ByteBuffer;
import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.HexFormat;
import java.util.Map;
import java.util.function.Consumer;

/** Makes the roles of a run on the fused engine; they share the node's compute threads. */
public final class EngineRoles implements RoleFactory, AutoCloseable {

    private static final int CHANNELS = 3;

    private final Model model;
    private final RunSpec spec;
    private final ComputePool pool;

    /**
     * @param model the float teacher
     */
    public EngineRoles(Model model, RunSpec spec) {
        this.model = model;
        this.spec = spec;
        this.pool = new ComputePool(spec.cores());
    }

    @Override
    public GeneratorRole generator() {
        GeneratorShape shape =
                new GeneratorShape(
                        model.architecture().classes(),
                        spec.training().generator().latent(),
                        model.architecture().size(),
                        CHANNELS);
        return new EngineGenerator(spec.training(), shape, spec.window(), pool);
    }

    @Override
    public TeacherRole teacher() {
        return new EngineTeacher(model.architecture(), model.weights(), spec.training(), pool);
    }

    @Override
    public StudentRole student(int id, QuantizationConfig bits) {
        return new EngineStudent(
                model.architecture(),
                model.weights(),
                spec.training().withQuantization(bits),
                model.normalization(),
                pool);
    }

    @Override
    public Map<String, String> identity() {
        return identity(model);
    }

    /** What of a teacher determines the numbers. */
    static Map<String, String> identity(Model teacher) {
        return Map.of(
                "teacher",
                hash(teacher.weights()),
                "architecture",
                teacher.architecture().toString());
    }

    private static String hash(StateDict weights) {
        try {
            MessageDigest digest = MessageDigest.getInstance("SHA-256");
            for (Map.Entry<String, FloatArray> entry : weights.arrays().entrySet()) {
                digest.update(entry.getKey().getBytes(StandardCharsets.UTF_8));
                float[] values = entry.getValue().values();
                ByteBuffer bytes = ByteBuffer.allocate(values.length * Float.BYTES);
                bytes.asFloatBuffer().put(values);
                digest.update(bytes);
            }
            return HexFormat.of().formatHex(digest.digest());
        } catch (NoSuchAlgorithmException e) {
            throw new IllegalStateException("every Java platform has SHA-256", e);
        }
    }

    /**
     * Draws a batch with a generator as a checkpoint holds it.
     *
     * @param use may read the batch until it returns
     */
    public void sample(StateDict generator, long step, Consumer<SyntheticBatch> use) {
        try (GeneratorRole role = generator()) {
            role.restore(generator);
            use.accept(role.generate(step));
        }
    }

    @Override
    public void close() {
        pool.close();
    }
}
