package io.aktnode.actors.run;

import io.aktnode.nn.train.GeneratorRole;
import io.aktnode.nn.train.QuantizationConfig;
import io.aktnode.nn.train.StudentRole;
import io.aktnode.nn.train.TeacherRole;
import java.util.Map;

/**
 * Makes the maths side of each actor. Every method is called on the pinned thread of the role it
 * makes, once at the start and again whenever that role is restarted; the actor closes what it was
 * given. The three methods may be called at the same time from different threads.
 */
public interface RoleFactory {

    /** A generator in its first state, as the seed determines it. */
    GeneratorRole generator();

    TeacherRole teacher();

    /**
     * A student in its first state.
     *
     * @param id from 0
     * @param bits its widths
     */
    StudentRole student(int id, QuantizationConfig bits);

    /**
     * What determines the numbers beside the training configuration, such as {@code teacher} with
     * the file's hash. A checkpoint made with another identity is not resumed.
     */
    default Map<String, String> identity() {
        return Map.of();
    }
}
