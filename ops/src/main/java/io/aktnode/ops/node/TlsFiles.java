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
import java.security.cert.X509Certificate;
import java.security.interfaces.RSAKey;
import java.time.Clock;
import java.util.Date;

/**
 * Looks into the files of {@link TlsSettings} before Akka does: what is wrong with them stops the
 * start in a sentence, and not each connection for ever.
 */
final class TlsFiles {

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
        if (ca.getBasicConstraints() < 0) {
            throw akt.wrong(TlsSettings.CA, "the certificate of a CA, not of a node", null);
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
