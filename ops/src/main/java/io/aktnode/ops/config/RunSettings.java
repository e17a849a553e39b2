package io.aktnode.ops.config;

import io.aktnode.actors.checkpoint.CheckpointStore;
import io.aktnode.actors.policy.CurePolicy;
import io.aktnode.actors.policy.DetectorPolicy;
import io.aktnode.actors.policy.GatePolicy;
import io.aktnode.actors.run.RunEnvironment;
import io.aktnode.actors.run.RunPolicy;
import io.aktnode.protocol.tensor.DataPlaneConfig;
import java.nio.file.Path;
import java.util.function.Supplier;

/** Maps the {@code akt.supervisor} and {@code akt.transport} settings. */
public final class RunSettings {

    private RunSettings() {}

    /**
     * What a run works in, without an actor system.
     *
     * @throws SettingsException naming the first setting that is wrong
     */
    public static RunEnvironment read(SettingsReader akt) {
        RunEnvironment defaults = RunEnvironment.defaults();
        return new RunEnvironment(
                checked("supervisor", () -> policy(akt)),
                checked("transport", () -> transport(akt)),
                defaults.system(),
                defaults.nanoClock(),
                defaults.clock());
    }

    /**
     * Where this process keeps, or would keep, the checkpoints of a run it leads.
     *
     * @param out directory of the run
     */
    public static CheckpointStore checkpoints(SettingsReader akt, Path out) {
        return CheckpointStore.of(
                out,
                akt.integer("checkpoint.keep", 1, 1000),
                akt.duration("checkpoint.give-up-after"));
    }

    private static RunPolicy policy(SettingsReader akt) {
        RunPolicy policy =
                new RunPolicy(
                        gate(akt, "supervisor.generator-gate."),
                        gate(akt, "supervisor.student-gate."),
                        new CurePolicy(
                                akt.integer("supervisor.skips-in-a-row"),
                                akt.integer("supervisor.trouble-steps"),
                                akt.integer("supervisor.troubles"),
                                akt.integer("supervisor.skips-per-hour"),
                                akt.integer("supervisor.rescales-per-thousand-steps"),
                                akt.integer("supervisor.rollbacks-per-hour"),
                                akt.integer("supervisor.restarts-per-hour"),
                                akt.integer("supervisor.healthy-after-steps"),
                                false),
                        detectors(akt, "supervisor.detectors."),
                        akt.duration("supervisor.resend-after"),
                        akt.integer("supervisor.resends"),
                        akt.duration("supervisor.stall-after"),
                        akt.duration("checkpoint.give-up-after"));
        return policy.withDryRun(akt.flag("supervisor.dry-run"));
    }

    private static GatePolicy gate(SettingsReader akt, String section) {
        return new GatePolicy(
                akt.integer(section + "window"),
                akt.integer(section + "minimum"),
                akt.integer(section + "warmup"),
                akt.number(section + "z-score"),
                akt.number(section + "spike-multiple"),
                akt.number(section + "instant-multiple"),
                akt.number(section + "warmup-multiple"),
                akt.number(section + "largest-update"),
                akt.integer(section + "patience"),
                akt.number(section + "learning-rate-cut"),
                akt.number(section + "learning-rate-floor"),
                akt.number(section + "learning-rate-recovery"),
                false);
    }

    private static DetectorPolicy detectors(SettingsReader akt, String section) {
        return new DetectorPolicy(
                akt.integer(section + "reference"),
                akt.integer(section + "minimum"),
                akt.integer(section + "recent"),
                akt.number(section + "drift-deviations"),
                akt.number(section + "drift-multiple"),
                akt.number(section + "least-spread"),
                akt.number(section + "least-agreement"),
                akt.number(section + "agreement-deviations"),
                akt.number(section + "range-multiple"),
                akt.integer(section + "leap-minimum"),
                akt.number(section + "leap-multiple"),
                akt.number(section + "largest-generator-update"),
                akt.number(section + "largest-student-update"));
    }

    private static DataPlaneConfig transport(SettingsReader akt) {
        DataPlaneConfig defaults = DataPlaneConfig.defaults();
        DataPlaneConfig config =
                new DataPlaneConfig(
                        akt.path("transport.directory"),
                        akt.text("transport.channel"),
                        akt.bytes("transport.term-length"),
                        akt.integer("transport.expected-streams"),
                        akt.duration("transport.offer-timeout"),
                        akt.duration("transport.liveness-timeout"),
                        defaults.driverTimeout(),
                        akt.bytes("transport.max-frame-length"),
                        defaults.threadingMode(),
                        defaults.idle());
        if (!akt.flag("node.insecure") && !config.hosts().stream().allMatch(Hosts::isLoopback)) {
            throw akt.wrong(
                    "transport.channel",
                    "aeron:ipc or a loopback address, for what roles of one process send each other"
                            + " is not encrypted (between machines akt.node.host and"
                            + " akt.transport.port are used); else set akt.node.insecure if"
                            + " everybody on that network is trusted",
                    null);
        }
        return config;
    }

    /** The records' messages name setting, value and limit, but not the section. */
    private static <T> T checked(String section, Supplier<T> record) {
        try {
            return record.get();
        } catch (IllegalArgumentException e) {
            throw new SettingsException("akt." + section + ": " + e.getMessage(), e);
        }
    }
}
