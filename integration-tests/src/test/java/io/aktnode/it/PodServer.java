package io.aktnode.it;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpsConfigurator;
import com.sun.net.httpserver.HttpsServer;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;

/**
 * Kubernetes' list of the pods of a namespace, for who asks with the account's token for the label
 * {@code app=akt}; over TLS with a certificate of its own, on loopback.
 */
final class PodServer implements AutoCloseable {

    private static final String NAMESPACE = "akt";
    private static final String TOKEN = "a-token";
    private static final char[] PASSWORD = "changeit".toCharArray();

    private final HttpsServer server;
    private final Path account;
    private final String pods;

    /**
     * @param account directory for what a pod finds of its service account
     * @param running addresses of pods that run
     * @param failed address of one that has ended
     */
    PodServer(Path account, List<String> running, String failed)
            throws IOException, InterruptedException, GeneralSecurityException {
        this.account = account;
        this.pods =
                Stream.concat(
                                running.stream().map(address -> pod(address, "Running")),
                                Stream.of(pod(failed, "Failed")))
                        .collect(Collectors.joining(",", "{\"items\":[", "]}"));
        Path keys = account.resolve("server.p12");
        keytool(
                "-genkeypair -alias server -keyalg RSA -dname CN=localhost -validity 2 -ext"
                        + " SAN=dns:localhost -storetype PKCS12 -keystore "
                        + keys);
        keytool(
                "-exportcert -rfc -alias server -file "
                        + account.resolve("ca.crt")
                        + " -keystore "
                        + keys);
        Files.writeString(account.resolve("token"), TOKEN);
        Files.writeString(account.resolve("namespace"), NAMESPACE);
        server = HttpsServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
        server.setHttpsConfigurator(new HttpsConfigurator(tls(keys)));
        server.createContext("/", this::answer);
        server.start();
    }

    private static void keytool(String arguments) throws IOException, InterruptedException {
        Path tool = Path.of(System.getProperty("java.home"), "bin", "keytool");
        String command = tool + " " + arguments + " -storepass " + new String(PASSWORD);
        Process process = new ProcessBuilder(command.split(" ")).redirectErrorStream(true).start();
        String output = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);
        if (process.waitFor() != 0) {
            throw new IOException("keytool failed: " + output);
        }
    }

    private static SSLContext tls(Path keys) throws IOException, GeneralSecurityException {
        KeyStore store = KeyStore.getInstance("PKCS12");
        try (InputStream in = Files.newInputStream(keys)) {
            store.load(in, PASSWORD);
        }
        KeyManagerFactory managers =
                KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
        managers.init(store, PASSWORD);
        SSLContext context = SSLContext.getInstance("TLS");
        context.init(managers.getKeyManagers(), null, null);
        return context;
    }

    private static String pod(String address, String phase) {
        return """
        {"metadata":{"name":"pod"},"spec":{"containers":[{"name":"node","ports":[
        {"name":"management","containerPort":8558}]}]},
        "status":{"podIP":"%s","phase":"%s","containerStatuses":[]}}"""
                .formatted(address, phase);
    }

    private void answer(HttpExchange exchange) throws IOException {
        boolean asked =
                exchange.getRequestURI()
                                .getPath()
                                .equals("/api/v1/namespaces/" + NAMESPACE + "/pods")
                        && "labelSelector=app=akt".equals(exchange.getRequestURI().getQuery())
                        && ("Bearer " + TOKEN)
                                .equals(exchange.getRequestHeaders().getFirst("Authorization"));
        byte[] body = (asked ? pods : "{}").getBytes(StandardCharsets.UTF_8);
        exchange.getResponseHeaders().add("Content-Type", "application/json");
        exchange.sendResponseHeaders(asked ? 200 : 403, body.length);
        exchange.getResponseBody().write(body);
        exchange.close();
    }

    /** What Kubernetes sets in each container. */
    Map<String, String> environment() {
        return Map.of(
                "KUBERNETES_SERVICE_HOST",
                "localhost",
                "KUBERNETES_SERVICE_PORT",
                Integer.toString(server.getAddress().getPort()));
    }

    /** Where the service account's files are, which no test may put where a pod has them. */
    String akkaSettings() {
        return """
        akka.discovery.kubernetes-api {
          api-ca-path = "%1$s/ca.crt"
          api-token-path = "%1$s/token"
          pod-namespace-path = "%1$s/namespace"
        }
        """
                .formatted(account);
    }

    @Override
    public void close() {
        server.stop(0);
    }
}
