package io.aktnode.ops.node;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.typesafe.config.Config;
import io.aktnode.ops.certificate.CertificateSet;
import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.SettingsException;
import java.io.IOException;
import java.io.InputStream;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.SecureRandom;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.util.Base64;
import java.util.Date;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

@Timeout(120)
class TlsSettingsTest {

    private static final Clock NOW = Clock.systemUTC();
    private static final String ONE = "10.0.0.1";
    private static final String TWO = "two.example.org";

    @TempDir private static Path directory;
    private static CertificateSet ours;
    private static CertificateSet theirs;

    @BeforeAll
    static void makeCertificates() {
        ours = new CertificateSet(directory.resolve("ours"), List.of(ONE, TWO));
        theirs = new CertificateSet(directory.resolve("theirs"), List.of(ONE));
        ours.write(new SecureRandom(), NOW);
        theirs.write(new SecureRandom(), NOW);
    }

    private static Settings settings(Path certificate, Path key, Path ca) {
        return settings(
                Map.of(
                        "node.tls.certificate", certificate.toString(),
                        "node.tls.key", key.toString(),
                        "node.tls.ca", ca.toString()));
    }

    private static Settings settings(Map<String, Object> values) {
        Map<String, Settings.Flag> flags = new HashMap<>();
        values.forEach((key, value) -> flags.put(key, new Settings.Flag("a test", value)));
        return Settings.load(Optional.empty(), Optional.empty(), flags);
    }

    private static void refuses(Settings settings, Clock clock, String start, String expected) {
        String message =
                assertThrows(SettingsException.class, () -> TlsSettings.read(settings.akt(), clock))
                        .getMessage();
        assertTrue(message.startsWith(start), message);
        assertTrue(message.contains(", expected " + expected), message);
    }

    @Test
    void akkaIsToldToUseTheFilesAndTls() {
        Settings settings = settings(ours.certificate(TWO), ours.key(TWO), ours.ca());

        Config artery =
                ClusterNode.config(NodeSettings.read(settings.akt()), settings.everything())
                        .getConfig("akka.remote.artery");

        assertEquals("tls-tcp", artery.getString("transport"));
        Config engine = artery.getConfig("ssl.rotating-keys-engine");
        assertEquals(ours.certificate(TWO).toString(), engine.getString("cert-file"));
        assertEquals(ours.key(TWO).toString(), engine.getString("key-file"));
        assertEquals(ours.ca().toString(), engine.getString("ca-cert-file"));
    }

    @Test
    void refusesOneFileWithoutTheOthers() {
        refuses(
                settings(Map.of("node.tls.certificate", "a.pem")),
                NOW,
                "akt.node.tls.key (default) is \"\"",
                "a PEM file: certificate, key and ca go together");
    }

    @Test
    void refusesAFileThatIsMissingOrHoldsSomethingElse() throws IOException {
        Path text = Files.writeString(directory.resolve("text.pem"), "a text");

        refuses(
                settings(directory.resolve("none.pem"), ours.key(ONE), ours.ca()),
                NOW,
                "akt.node.tls.certificate (a test)",
                "a file that can be read (java.nio.file.NoSuchFileException");
        refuses(
                settings(ours.certificate(ONE), ours.key(ONE), text),
                NOW,
                "akt.node.tls.ca (a test)",
                "a certificate as a PEM file");
        refuses(
                settings(ours.certificate(ONE), text, ours.ca()),
                NOW,
                "akt.node.tls.key (a test)",
                "an RSA key as a PEM file");
    }

    @Test
    void refusesFilesThatDoNotBelongTogether() {
        refuses(
                settings(theirs.certificate(ONE), theirs.key(ONE), ours.ca()),
                NOW,
                "akt.node.tls.certificate (a test)",
                "a certificate signed by the CA " + ours.ca());
        refuses(
                settings(ours.certificate(ONE), ours.key(TWO), ours.ca()),
                NOW,
                "akt.node.tls.key (a test)",
                "the key of the certificate " + ours.certificate(ONE));
        refuses(
                settings(ours.certificate(ONE), ours.key(ONE), ours.certificate(TWO)),
                NOW,
                "akt.node.tls.ca (a test)",
                "the certificate of a CA that may sign, not of a node");
    }

    /** Signs whatever it is told; each certificate in a file of its own. */
    private static Path signed(
            String file, String issuer, String subject, KeyPair keys, PrivateKey by, int caUse)
            throws Exception {
        JcaX509v3CertificateBuilder builder =
                new JcaX509v3CertificateBuilder(
                        new X500Name(issuer),
                        BigInteger.ONE,
                        Date.from(NOW.instant().minus(Duration.ofDays(1))),
                        Date.from(NOW.instant().plus(Duration.ofDays(1))),
                        new X500Name(subject),
                        keys.getPublic());
        if (caUse != 0) {
            builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(0));
            builder.addExtension(Extension.keyUsage, true, new KeyUsage(caUse));
        }
        byte[] der =
                builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(by)).getEncoded();
        return Files.writeString(
                directory.resolve(file),
                "-----BEGIN CERTIFICATE-----\n"
                        + Base64.getMimeEncoder().encodeToString(der)
                        + "\n-----END CERTIFICATE-----\n");
    }

    @Test
    void refusesACaThatMayNotSignAndACertificateThatNamesAnother() throws Exception {
        KeyPair keys = KeyPairGenerator.getInstance("RSA").generateKeyPair();
        PrivateKey by = keys.getPrivate();
        Path signs = signed("signs.pem", "CN=one", "CN=one", keys, by, KeyUsage.keyCertSign);
        Path ciphers = signed("other.pem", "CN=one", "CN=one", keys, by, KeyUsage.keyAgreement);
        Path node = signed("node.pem", "CN=two", "CN=node", keys, by, 0);

        refuses(
                settings(node, ours.key(ONE), ciphers),
                NOW,
                "akt.node.tls.ca (a test)",
                "the certificate of a CA that may sign, not of a node");
        refuses(
                settings(node, ours.key(ONE), signs),
                NOW,
                "akt.node.tls.certificate (a test)",
                "a certificate signed by the CA "
                        + signs
                        + " itself, which is CN=one; this one names CN=two");
    }

    @Test
    void saysThatACertificateMayBeAnotherMachines() throws Exception {
        X509Certificate certificate;
        try (InputStream pem = Files.newInputStream(ours.certificate(TWO))) {
            certificate =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509").generateCertificate(pem);
        }

        assertEquals(Optional.empty(), TlsFiles.notMadeOutTo(certificate, "Two.example.org"));
        assertEquals(
                "is made out to [two.example.org], not to akt.node.host, which is 10.0.0.9; check"
                        + " that it is not another machine's",
                TlsFiles.notMadeOutTo(certificate, "10.0.0.9").orElseThrow());
    }

    @Test
    void refusesCertificatesThatAreNotValidToday() {
        Settings settings = settings(ours.certificate(ONE), ours.key(ONE), ours.ca());

        refuses(
                settings,
                Clock.offset(NOW, Duration.ofDays(366)),
                "akt.node.tls.ca (a test)",
                "a certificate valid today; this one is from ");
    }

    @Test
    void anAddressOfTheNetworkNeedsTlsOrTheWordThatItIsTrusted() {
        Map<String, Object> address = Map.of("node.host", ONE);
        Map<String, Object> insecure = Map.of("node.host", ONE, "node.insecure", true);
        Map<String, Object> secure =
                Map.of(
                        "node.host", ONE,
                        "node.tls.certificate", ours.certificate(ONE).toString(),
                        "node.tls.key", ours.key(ONE).toString(),
                        "node.tls.ca", ours.ca().toString());

        String message =
                assertThrows(
                                SettingsException.class,
                                () -> NodeSettings.read(settings(address).akt()))
                        .getMessage();

        assertEquals(
                "akt.node.host (a test) is \"10.0.0.1\", expected a loopback address such as"
                        + " 127.0.0.1; to be reached from other machines give akt.node.tls"
                        + " (akt-node make-certificates makes what it names), or --insecure if"
                        + " everybody on that network is trusted",
                message);
        assertEquals(Optional.empty(), NodeSettings.read(settings(insecure).akt()).tls());
        assertTrue(NodeSettings.read(settings(secure).akt()).tls().isPresent());
    }

    @Test
    void keysAreTheirOwnersAloneAndNothingIsOverwritten() throws IOException {
        assertEquals(
                "rw-------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(ours.key(ONE))));

        String before = Files.readString(ours.key(ONE));
        String message =
                assertThrows(SettingsException.class, () -> ours.write(new SecureRandom(), NOW))
                        .getMessage();

        assertEquals(
                ours.ca() + " is there already and is not overwritten; give another --out",
                message);
        assertEquals(before, Files.readString(ours.key(ONE)));
    }

    @Test
    void refusesAHostThatIsNone() {
        assertEquals(
                "--host is \"../x\", expected the name or address of a machine, other than ca",
                assertThrows(
                                SettingsException.class,
                                () -> new CertificateSet(directory, List.of("../x")))
                        .getMessage());
    }
}
