package io.aktnode.ops.cli;

import io.aktnode.ops.certificate.CertificateSet;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.List;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Option;

/** Makes what {@code akt.node.tls} asks for, to try it out. */
@Command(
        name = "make-certificates",
        sortOptions = false,
        description = {
            "Make a test CA, and a certificate and a key for each host, for akt.node.tls.",
            "They are valid for a year. The CA's key is not kept: for a further host make a new set."
        })
final class MakeCertificatesCommand implements Callable<Integer> {

    @Option(
            names = "--out",
            paramLabel = "DIR",
            required = true,
            description = "Where the files go; none is overwritten.")
    private Path out;

    @Option(
            names = "--host",
            paramLabel = "NAME_OR_IP",
            required = true,
            arity = "1..*",
            description = "The machines, as in akt.node.host.")
    private List<String> hosts;

    @Option(
            names = {"-h", "--help"},
            usageHelp = true,
            description = "Print this help.")
    private boolean help;

    private final Console console;

    MakeCertificatesCommand(Console console) {
        this.console = console;
    }

    @Override
    public Integer call() {
        CertificateSet set = new CertificateSet(out, hosts);
        set.write(new SecureRandom(), Clock.systemUTC());
        for (String host : set.hosts()) {
            console.terminal()
                    .line(
                            host
                                    + ": AKT_TLS_CERTIFICATE="
                                    + set.certificate(host)
                                    + " AKT_TLS_KEY="
                                    + set.key(host)
                                    + " AKT_TLS_CA="
                                    + set.ca());
        }
        return ExitCode.OK;
    }
}
