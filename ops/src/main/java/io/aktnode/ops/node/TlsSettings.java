package io.aktnode.ops.node;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigFactory;
import io.aktnode.ops.config.SettingsReader;
import java.nio.file.Path;
import java.time.Clock;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * TLS with certificates on both sides for the control plane: PEM files, which Akka reads again
 * every few minutes, so that they may be replaced while a node runs.
 *
 * @param certificate of this node, signed by {@code ca} itself
 * @param key RSA, of the certificate
 * @param ca whose signature the other nodes' certificates must bear
 */
public record TlsSettings(Path certificate, Path key, Path ca) {

    static final String CERTIFICATE = "node.tls.certificate";
    static final String KEY = "node.tls.key";
    static final String CA = "node.tls.ca";

    private static final String REMOTE = "akka.remote.artery.";
    private static final String ENGINE = REMOTE + "ssl.rotating-keys-engine.";

    /**
     * Reads {@code akt.node.tls} and what the files hold; nothing if none is given.
     *
     * @param clock by which certificates must be valid
     */
    static Optional<TlsSettings> read(SettingsReader akt, Clock clock) {
        List<String> missing =
                List.of(CERTIFICATE, KEY, CA).stream()
                        .filter(name -> akt.path(name).isEmpty())
                        .toList();
        if (missing.size() == 3) {
            return Optional.empty();
        }
        if (!missing.isEmpty()) {
            throw akt.wrong(
                    missing.get(0), "a PEM file: certificate, key and ca go together", null);
        }
        TlsSettings settings =
                new TlsSettings(
                        akt.path(CERTIFICATE).orElseThrow(),
                        akt.path(KEY).orElseThrow(),
                        akt.path(CA).orElseThrow());
        new TlsFiles(akt, clock).check(settings);
        return Optional.of(settings);
    }

    /** What Akka is to know of it. */
    Config akka() {
        return ConfigFactory.parseMap(
                Map.of(
                        REMOTE + "transport",
                        "tls-tcp",
                        REMOTE + "ssl.ssl-engine-provider",
                        LoggingSslEngineProvider.class.getName(),
                        ENGINE + "cert-file",
                        certificate.toAbsolutePath().toString(),
                        ENGINE + "key-file",
                        key.toAbsolutePath().toString(),
                        ENGINE + "ca-cert-file",
                        ca.toAbsolutePath().toString()),
                "akt.node.tls");
    }
}
