package io.aktnode.ops.node;

import akka.actor.ActorSystem;
import akka.remote.artery.tcp.SSLEngineProvider;
import akka.remote.artery.tcp.ssl.RotatingKeysSSLEngineProvider;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.SSLSession;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import scala.Option;

/**
 * Akka's TLS from PEM files, which also says on both sides when a node is not let in: of a refused
 * connection Akka tells the one that connected little and the other nothing.
 */
public final class LoggingSslEngineProvider implements SSLEngineProvider {

    private static final Logger LOG = LoggerFactory.getLogger(LoggingSslEngineProvider.class);
    private static final String INCOMING = "with a node that called";

    private final RotatingKeysSSLEngineProvider akka;
    private final TlsTrouble trouble = new TlsTrouble(LOG::warn, System::nanoTime);

    /** Called by Akka. */
    public LoggingSslEngineProvider(ActorSystem system) {
        this.akka = new RotatingKeysSSLEngineProvider(system);
    }

    private static String outgoing(String host) {
        return "to a node on " + host;
    }

    @Override
    public SSLEngine createServerSSLEngine(String host, int port) {
        return new WatchedSslEngine(
                akka.createServerSSLEngine(host, port), e -> trouble.failed(INCOMING, e));
    }

    @Override
    public SSLEngine createClientSSLEngine(String host, int port) {
        return new WatchedSslEngine(
                akka.createClientSSLEngine(host, port), e -> trouble.failed(outgoing(host), e));
    }

    @Override
    public Option<Throwable> verifyClientSession(String host, SSLSession session) {
        Option<Throwable> refusal = akka.verifyClientSession(host, session);
        if (refusal.isDefined()) {
            trouble.failed(outgoing(host), refusal.get());
        }
        return refusal;
    }

    @Override
    public Option<Throwable> verifyServerSession(String host, SSLSession session) {
        Option<Throwable> refusal = akka.verifyServerSession(host, session);
        if (refusal.isDefined()) {
            trouble.failed(INCOMING, refusal.get());
        }
        return refusal;
    }
}
