package io.aktnode.ops.doctor;

/**
 * What was found of one thing.
 *
 * @param remedy what to mend; empty when there is nothing
 */
public record Finding(Verdict verdict, String subject, String found, String remedy) {

    /** How bad it is. */
    public enum Verdict {
        OK,
        /** Works, but slower or not everywhere. */
        WARN,
        /** Does not work. */
        FAIL
    }

    static Finding ok(String subject, String found) {
        return new Finding(Verdict.OK, subject, found, "");
    }

    static Finding warn(String subject, String found, String remedy) {
        return new Finding(Verdict.WARN, subject, found, remedy);
    }

    static Finding fail(String subject, String found, String remedy) {
        return new Finding(Verdict.FAIL, subject, found, remedy);
    }
}
