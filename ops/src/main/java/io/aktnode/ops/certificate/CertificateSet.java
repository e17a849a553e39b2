package io.aktnode.ops.certificate;

import io.aktnode.ops.config.SettingsException;
import java.io.IOException;
import java.nio.ByteBuffer;
import java.nio.channels.SeekableByteChannel;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Clock;
import java.util.ArrayList;
import java.util.Base64;
import java.util.List;
import java.util.Set;
import org.bouncycastle.util.IPAddress;

/**
 * The files of a test CA in a directory: {@code ca.pem}, and {@code HOST.pem} and {@code HOST.key}
 * for each host. The CA's own key is not among them.
 *
 * @param directory made if it is not there
 * @param hosts names or addresses of nodes
 */
public record CertificateSet(Path directory, List<String> hosts) {

    private static final String NAME = "[A-Za-z0-9]([A-Za-z0-9.-]*[A-Za-z0-9])?";
    private static final String FOR_ALL = "rw-r--r--";
    private static final String FOR_THE_OWNER = "rw-------";
    private static final int LINE = 64;

    public CertificateSet {
        hosts = hosts.stream().distinct().toList();
        for (String host : hosts) {
            if (host.equals("ca") || !(host.matches(NAME) || IPAddress.isValid(host))) {
                throw new SettingsException(
                        "--host is \""
                                + host
                                + "\", expected the name or address of a machine, other than ca");
            }
        }
    }

    /** What other nodes' certificates are checked against. */
    public Path ca() {
        return directory.resolve("ca.pem");
    }

    /** For everyone to see. */
    public Path certificate(String host) {
        return directory.resolve(host + ".pem");
    }

    /** Of its owner alone. */
    public Path key(String host) {
        return directory.resolve(host + ".key");
    }

    /**
     * Makes and writes all of them, with new keys.
     *
     * @param clock by which they are valid from yesterday on
     * @throws SettingsException if one of the files is there already, or cannot be written
     */
    public void write(SecureRandom random, Clock clock) {
        try {
            Files.createDirectories(directory);
            for (Path file : files()) {
                if (Files.exists(file)) {
                    throw new SettingsException(
                            file + " is there already and is not overwritten; give another --out");
                }
            }
            TestAuthority authority = new TestAuthority(random, clock);
            write(ca(), "CERTIFICATE", authority.certificate().getEncoded(), FOR_ALL);
            for (String host : hosts) {
                TestAuthority.Identity node = authority.issue(host);
                write(
                        key(host),
                        "PRIVATE KEY",
                        node.keys().getPrivate().getEncoded(),
                        FOR_THE_OWNER);
                write(certificate(host), "CERTIFICATE", node.certificate().getEncoded(), FOR_ALL);
            }
        } catch (IOException e) {
            throw new SettingsException(
                    "--out " + directory + " cannot be written (" + e + "); give another directory",
                    e);
        } catch (GeneralSecurityException e) {
            throw new IllegalStateException("this JVM makes no RSA certificates", e);
        }
    }

    private List<Path> files() {
        List<Path> files = new ArrayList<>(List.of(ca()));
        for (String host : hosts) {
            files.add(key(host));
            files.add(certificate(host));
        }
        return files;
    }

    /** With its permissions from the first byte on. */
    private static void write(Path file, String label, byte[] der, String permissions)
            throws IOException {
        String body = Base64.getMimeEncoder(LINE, new byte[] {'\n'}).encodeToString(der);
        String pem = "-----BEGIN " + label + "-----\n" + body + "\n-----END " + label + "-----\n";
        try (SeekableByteChannel channel =
                Files.newByteChannel(
                        file,
                        Set.of(StandardOpenOption.CREATE_NEW, StandardOpenOption.WRITE),
                        PosixFilePermissions.asFileAttribute(
                                PosixFilePermissions.fromString(permissions)))) {
            ByteBuffer bytes = ByteBuffer.wrap(pem.getBytes(StandardCharsets.US_ASCII));
            while (bytes.hasRemaining()) {
                channel.write(bytes);
            }
        }
    }
}
