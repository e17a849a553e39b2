package io.aktnode.ops.node;

import akka.pki.pem.DERPrivateKeyLoader;
import akka.pki.pem.PEMDecoder;
import akka.pki.pem.PEMLoadingException;
import io.aktnode.ops.config.SettingsReader;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Clock;
import java.util.Collection;
import java.util.Date;
import java.util.List;
import java.util.Optional;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Looks into the files of {@link TlsSettings} before Akka does: what is wrong with them stops the
 * start in a sentence, and not each connection for ever.
 */
final class TlsFiles {

    /** Its place in {@link X509Certificate#getKeyUsage}. */
    private static final int KEY_CERT_SIGN = 5;

    private static final Logger LOG = LoggerFactory.getLogger(TlsFiles.class);

    private final SettingsReader akt;
    private final Clock clock;

    TlsFiles(SettingsReader akt, Clock clock) {
        this.akt = akt;
        this.clock = clock;
    }

    /**
     * @throws io.aktnode.ops.config.SettingsException if a file cannot be used, or they do not go
     *     together
     */
    void check(TlsSettings files) {
        X509Certificate ca = certificate(TlsSettings.CA, files.ca());
        X509Certificate own = certificate(TlsSettings.CERTIFICATE, files.certificate());
        RSAKey key = key(files.key());
        boolean[] uses = ca.getKeyUsage();
        if (ca.getBasicConstraints() < 0 || uses != null && !uses[KEY_CERT_SIGN]) {
            throw akt.wrong(
                    TlsSettings.CA, "the certificate of a CA that may sign, not of a node", null);
        }
        // The signature may be right and the name is not, where a CA was made anew with its key.
        if (!own.getIssuerX500Principal().equals(ca.getSubjectX500Principal())) {
            throw akt.wrong(
                    TlsSettings.CERTIFICATE,
                    "a certificate signed by the CA "
                            + files.ca()
                            + " itself, which is "
                            + ca.getSubjectX500Principal()
                            + "; this one names "
                            + own.getIssuerX500Principal(),
                    null);
        }
        try {
            own.verify(ca.getPublicKey());
        } catch (GeneralSecurityException e) {
            throw akt.wrong(
                    TlsSettings.CERTIFICATE, "a certificate signed by the CA " + files.ca(), e);
        }
        if (!(own.getPublicKey() instanceof RSAKey open)
                || !open.getModulus().equals(key.getModulus())) {
            throw akt.wrong(
                    TlsSettings.KEY, "the key of the certificate " + files.certificate(), null);
        }
        notMadeOutTo(own, akt.text("node.host"))
                .ifPresent(why -> LOG.warn("{} {}", files.certificate(), why));
    }

    /**
     * Only a warning: nodes let each other in by a shared name, and no certificate can be made out
     * to the address a pod will get.
     *
     * @return what is odd about it
     */
    static Optional<String> notMadeOutTo(X509Certificate certificate, String host) {
        List<String> names;
        try {
            Collection<List<?>> all = certificate.getSubjectAlternativeNames();
            names =
                    all == null
                            ? List.of()
                            : all.stream().map(name -> String.valueOf(name.get(1))).toList();
        } catch (CertificateParsingException e) {
            return Optional.of("has alternative names that cannot be read: " + e.getMessage());
        }
        return names.stream().anyMatch(host::equalsIgnoreCase)
                ? Optional.empty()
                : Optional.of(
                        "is made out to "
                                + names
                                + ", not to akt.node.host, which is "
                                + host
                                + "; check that it is not another machine's");
    }

    private byte[] bytes(String setting, Path file) {
        try {
            return Files.readAllBytes(file);
        } catch (IOException e) {
            throw akt.wrong(setting, "a file that can be read (" + e + ")", e);
        }
    }

    private X509Certificate certificate(String setting, Path file) {
        X509Certificate certificate;
        try {
            certificate =
                    (X509Certificate)
                            CertificateFactory.getInstance("X.509")
                                    .generateCertificate(
                                            new ByteArrayInputStream(bytes(setting, file)));
        } catch (CertificateException e) {
            throw akt.wrong(setting, "a certificate as a PEM file", e);
        }
        try {
            certificate.checkValidity(Date.from(clock.instant()));
        } catch (CertificateException e) {
            throw akt.wrong(
                    setting,
                    "a certificate valid today; this one is from "
                            + certificate.getNotBefore().toInstant()
                            + " to "
                            + certificate.getNotAfter().toInstant(),
                    e);
        }
        return certificate;
    }

    private RSAKey key(Path file) {
        String pem = new String(bytes(TlsSettings.KEY, file), StandardCharsets.US_ASCII);
        try {
            if (DERPrivateKeyLoader.load(PEMDecoder.decode(pem)) instanceof RSAKey key) {
                return key;
            }
        } catch (PEMLoadingException e) {
            throw notAKey(e);
        }
        throw notAKey(null);
    }

    private RuntimeException notAKey(Exception cause) {
        return akt.wrong(
                TlsSettings.KEY, "an RSA key as a PEM file (PKCS#1 or PKCS#8, no password)", cause);
    }
}
