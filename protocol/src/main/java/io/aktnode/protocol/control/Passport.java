package io.aktnode.protocol.control;

import io.aktnode.protocol.frame.FrameWriter;
import java.util.Optional;

/**
 * What the lead and a process show each other before either trusts what the other says.
 *
 * @param controlVersion of the control messages; 0 of a process too old to say
 * @param frameVersion of the frames
 * @param run name of the run the process was started for
 */
public record Passport(int controlVersion, int frameVersion, String run) {

    /** Raised with each change of a control message that another release would misunderstand. */
    public static final int CONTROL_VERSION = 2;

    private static final Passport OLD = new Passport(0, 0, "");

    /** Of this release. */
    public static Passport of(String run) {
        return new Passport(CONTROL_VERSION, FrameWriter.PROTOCOL_VERSION, run);
    }

    /** What was shown; nothing by a release that did not know passports. */
    static Passport shown(Passport passport) {
        return passport == null ? OLD : passport;
    }

    /** Why a process cannot be in a lead's run, for the logs of both; empty if it can. */
    public static Optional<String> difference(Passport process, Passport lead) {
        if (process.controlVersion != lead.controlVersion) {
            return Optional.of(
                    versions("control messages", process.controlVersion, lead.controlVersion));
        }
        if (process.frameVersion != lead.frameVersion) {
            return Optional.of(versions("tensor frames", process.frameVersion, lead.frameVersion));
        }
        if (!process.run.equals(lead.run)) {
            return Optional.of(
                    "it was started for the run \""
                            + process.run
                            + "\", the supervisor for \""
                            + lead.run
                            + "\"; give all processes the same akt.node.run, or this one the"
                            + " address of its own cluster");
        }
        return Optional.empty();
    }

    /** Names all that can be in one run with its owner. */
    public String group() {
        return run + "-" + controlVersion + "-" + frameVersion;
    }

    private static String versions(String what, int process, int lead) {
        return "its "
                + what
                + " are of version "
                + process
                + ", the supervisor's of version "
                + lead
                + "; start all processes from the same release";
    }
}
