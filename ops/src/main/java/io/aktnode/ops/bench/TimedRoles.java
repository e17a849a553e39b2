package io.aktnode.ops.bench;

import io.aktnode.actors.run.RoleFactory;
import io.aktnode.nn.kernel.Tensor;
import io.aktnode.nn.train.GeneratorRole;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.StudentRole;
import io.aktnode.nn.train.TeacherKnowledge;
import io.aktnode.nn.train.TeacherRole;
import java.util.List;
import java.util.Map;

/** Makes roles that note how long each of their phases takes. */
final class TimedRoles implements RoleFactory {

    private final RoleFactory roles;
    private final List<String> students;
    private final PhaseLog log;

    /**
     * @param students their names in the log, by id
     */
    TimedRoles(RoleFactory roles, List<String> students, PhaseLog log) {
        this.roles = roles;
        this.students = List.copyOf(students);
        this.log = log;
    }

    @Override
    public GeneratorRole generator() {
        return new TimedGenerator(roles.generator(), log);
    }

    @Override
    public TeacherRole teacher() {
        return new TimedTeacher(roles.teacher(), log);
    }

    @Override
    public StudentRole student(int id, QuantizationConfig bits) {
        return new TimedStudent(roles.student(id, bits), students.get(id), log);
    }

    @Override
    public Map<String, String> identity() {
        return roles.identity();
    }

    static long bytes(Tensor tensor) {
        return (long) tensor.length() * Float.BYTES;
    }

    static long bytes(List<Tensor> tensors) {
        return tensors.stream().mapToLong(TimedRoles::bytes).sum();
    }

    static long bytes(TeacherKnowledge knowledge) {
        return bytes(knowledge.logits())
                + bytes(knowledge.channelAttention())
                + bytes(knowledge.spatialAttention());
    }
}
