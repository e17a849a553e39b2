package io.aktnode.ops.bench;

/** A part of a step's arithmetic: one method of one role. In the order of a step. */
enum Phase {
    GENERATE("generator", "generate"),
    TEACHER_FORWARD("teacher", "forward"),
    STUDENT_FORWARD("student", "forward"),
    LOSS("generator", "loss"),
    TEACHER_BACKWARD("teacher", "backward"),
    STUDENT_INPUT_GRADIENT("student", "input_gradient"),
    GENERATOR_BACKWARD("generator", "backward"),
    GENERATOR_UPDATE("generator", "update"),
    STUDENT_GRADIENTS("student", "gradients"),
    STUDENT_APPLY("student", "apply");

    private final String role;
    private final String label;

    Phase(String role, String label) {
        this.role = role;
        this.label = label;
    }

    /** {@code generator}, {@code teacher} or {@code student}. */
    String role() {
        return role;
    }

    /** Its name within the role. */
    String label() {
        return label;
    }
}
