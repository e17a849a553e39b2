package io.aktnode.ops.cli;

import io.aktnode.ops.config.Settings;
import io.aktnode.ops.doctor.Doctor;
import io.aktnode.ops.doctor.Finding;
import io.aktnode.ops.doctor.Machine;
import io.aktnode.ops.report.Terminal;
import java.util.List;
import java.util.Locale;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Says what was found on this machine and what to mend. */
@Command(
        name = "doctor",
        sortOptions = false,
        description = "Examine this machine: what works, what does not, what to mend.")
final class DoctorCommand extends SettingsCommand {

    @Option(
            names = "--device",
            paramLabel = "cpu|cuda:N",
            description = "The device to examine (default auto).")
    private String device;

    DoctorCommand(Console console) {
        super(console);
    }

    @Override
    Flags flags() {
        return new Flags().put("device", "--device", device);
    }

    @Override
    int run(Settings settings) {
        Terminal terminal = console().terminal();
        List<Finding> findings = Doctor.examine(Machine.current(), settings.akt().text("device"));
        for (Finding finding : findings) {
            terminal.line(
                    String.format(
                            Locale.ROOT,
                            "%-5s %-18s %s",
                            finding.verdict().name().toLowerCase(Locale.ROOT),
                            finding.subject(),
                            finding.found()));
            if (!finding.remedy().isEmpty()) {
                terminal.line(" ".repeat(25) + "-> " + finding.remedy());
            }
        }
        boolean failed =
                findings.stream().anyMatch(finding -> finding.verdict() == Finding.Verdict.FAIL);
        return failed ? ExitCode.FAILED : ExitCode.OK;
    }
}
