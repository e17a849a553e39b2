package io.aktnode.ops.certificate;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.SecureRandom;
import java.security.cert.X509Certificate;
import java.time.Clock;
import java.time.Duration;
import java.time.Instant;
import java.util.Date;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;
import org.bouncycastle.util.IPAddress;

/**
 * A CA of its own whose key lives only as long as this object: nobody can sign with it later. RSA,
 * as Akka's provider asks for; all certificates are valid for a year. One thread.
 */
final class TestAuthority {

    /** Akka lets nodes in whose certificates share a name with its own. */
    static final String COMMON_NAME = "akt-node";

    private static final Duration VALID = Duration.ofDays(365);

    /** So that machines whose clocks differ agree that it is valid. */
    private static final Duration CLOCK_DIFFERENCE = Duration.ofDays(1);

    private static final int KEY_BITS = 3072;
    private static final int SERIAL_BITS = 96;

    /** A certificate and its key. */
    record Identity(X509Certificate certificate, KeyPair keys) {}

    private final SecureRandom random;
    private final Instant now;
    private final X500Name name;
    private final Identity own;

    /**
     * @param clock by which certificates begin a day ago
     */
    TestAuthority(SecureRandom random, Clock clock) throws GeneralSecurityException {
        this.random = random;
        this.now = clock.instant();
        // Two CAs of the same name would be taken for one with a wrong signature.
        this.name = new X500Name("CN=AKT Node test CA " + serial().toString(Character.MAX_RADIX));
        this.own = makeOwn();
    }

    private Identity makeOwn() throws GeneralSecurityException {
        KeyPair keys = newKeys();
        try {
            X509v3CertificateBuilder builder =
                    builder(name, keys)
                            .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
                            .addExtension(
                                    Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign));
            return new Identity(sign(builder, keys), keys);
        } catch (CertIOException e) {
            throw new GeneralSecurityException(e);
        }
    }

    X509Certificate certificate() {
        return own.certificate();
    }

    /**
     * A certificate for a node.
     *
     * @param host name or address, the alternative name
     */
    Identity issue(String host) throws GeneralSecurityException {
        KeyPair keys = newKeys();
        int kind = IPAddress.isValid(host) ? GeneralName.iPAddress : GeneralName.dNSName;
        try {
            X509v3CertificateBuilder builder =
                    builder(new X500Name("CN=" + COMMON_NAME), keys)
                            .addExtension(
                                    Extension.subjectAlternativeName,
                                    false,
                                    new GeneralNames(new GeneralName(kind, host)));
            return new Identity(sign(builder, own.keys()), keys);
        } catch (CertIOException e) {
            throw new GeneralSecurityException(e);
        }
    }

    private KeyPair newKeys() throws GeneralSecurityException {
        KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
        generator.initialize(KEY_BITS, random);
        return generator.generateKeyPair();
    }

    private BigInteger serial() {
        return new BigInteger(SERIAL_BITS, random).setBit(0);
    }

    private X509v3CertificateBuilder builder(X500Name subject, KeyPair keys) {
        return new JcaX509v3CertificateBuilder(
                name,
                serial(),
                Date.from(now.minus(CLOCK_DIFFERENCE)),
                Date.from(now.plus(VALID)),
                subject,
                keys.getPublic());
    }

    private static X509Certificate sign(X509v3CertificateBuilder builder, KeyPair signer)
            throws GeneralSecurityException {
        try {
            return new JcaX509CertificateConverter()
                    .getCertificate(
                            builder.build(
                                    new JcaContentSignerBuilder("SHA256withRSA")
                                            .build(signer.getPrivate())));
        } catch (OperatorCreationException e) {
            throw new GeneralSecurityException(e);
        }
    }
}
