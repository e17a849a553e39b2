package io.aktnode.it;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertThrows;
import static org.junit.jupiter.api.Assertions.assertTrue;

import com.fasterxml.jackson.databind.JsonNode;
import com.typesafe.config.Config;
import io.aktnode.actors.cluster.HostKeys;
import io.aktnode.ops.config.Settings;
import io.aktnode.ops.node.DiscoverySettings;
import io.aktnode.ops.node.NodeSettings;
import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerPort;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.io.TempDir;

/** What {@code ops/deploy} says of the product is so. */
@Timeout(300)
class DeployTest {

    private static final Set<Integer> PORTS = Set.of(25520, 25521, 8558);
    private static final String USER = "2580";

    @TempDir private Path directory;

    private static Settings settings(String job) {
        return Settings.load(
                Optional.empty(), Optional.of(DeployFiles.DIRECTORY.resolve(job)), Map.of());
    }

    private static NodeSettings node(String job) {
        return NodeSettings.read(settings(job).akt());
    }

    private static Config defaults() {
        return Settings.load(Optional.empty(), Optional.empty(), Map.of()).everything();
    }

    private static Container container() throws IOException {
        return pod().getContainers().get(0);
    }

    private static Set<String> mounts(Container of) {
        return of.getVolumeMounts().stream()
                .map(VolumeMount::getMountPath)
                .collect(Collectors.toSet());
    }

    private static PodSpec pod() throws IOException {
        return DeployFiles.jobs("node.yaml").get(0).getSpec().getTemplate().getSpec();
    }

    @Test
    void theJobsAreSettingsOfANodeThatFindsOthersAtTheirPorts() {
        for (String job : List.of("job.conf", "kubernetes/job.conf")) {
            NodeSettings node = node(job);

            assertEquals(
                    PORTS, Set.of(node.port(), node.transportPort(), node.managementPort()), job);
            assertTrue(settings(job).akt().path("out").orElseThrow().startsWith("/srv/akt"), job);
        }
        assertEquals(
                Optional.of(
                        new DiscoverySettings(
                                "config",
                                "akt",
                                3,
                                List.of("10.0.0.1:8558", "10.0.0.2:8558", "10.0.0.3:8558"))),
                node("job.conf").discovery());
    }

    @Test
    void everyVariableAndKeyNamedIsTheProducts() throws IOException {
        String product =
                Files.readString(AktNodeHome.HOME.resolve("ops/src/main/resources/reference.conf"))
                        + Files.readString(AktNodeHome.LAUNCHER);
        Set<String> variables = new HashSet<>(DeployFiles.matches("\\b(AKT_[A-Z_]+)\\b", product));
        int seen = 0;
        for (Map.Entry<String, String> file : DeployFiles.all().entrySet()) {
            for (String name : DeployFiles.matches("\\b(AKT_[A-Z_]+)\\b", file.getValue())) {
                assertTrue(variables.contains(name), name + " in " + file.getKey());
                seen++;
            }
            for (String key :
                    DeployFiles.matches("`(akt\\.[a-z-]+(?:\\.[a-z-]+)*)", file.getValue())) {
                assertTrue(defaults().hasPath(key), key + " in " + file.getKey());
                seen++;
            }
        }
        assertTrue(seen > 15, "only " + seen + " names were found");
    }

    /** Arguments of akt-node in commands, in the unit, and in the pods. */
    private static List<List<String>> commandLines() throws IOException {
        List<List<String>> lines = new ArrayList<>();
        String commands =
                DeployFiles.text("README.md")
                        + "\n"
                        + DeployFiles.unit("ExecStart")
                        + "\n"
                        + DeployFiles.text("docker/Dockerfile");
        for (String arguments :
                DeployFiles.matches(
                        "(?:/opt/akt-node/akt-node|run .* akt-node:[0-9.]+)((?: [^\\s`#|]+)+)",
                        commands)) {
            lines.add(List.of(arguments.strip().split(" ")));
        }
        for (Job role : DeployFiles.jobs("roles.yaml")) {
            lines.add(role.getSpec().getTemplate().getSpec().getContainers().get(0).getArgs());
        }
        return lines;
    }

    private String help(Optional<String> command) throws Exception {
        List<String> arguments = Stream.concat(command.stream(), Stream.of("--help")).toList();
        return AktNodeProcess.launch(directory, arguments.toArray(String[]::new)).ends(0).output();
    }

    @Test
    void everyFlagGivenToTheNodeIsInItsHelp() throws Exception {
        Map<Optional<String>, String> helps = new HashMap<>();
        List<List<String>> lines = commandLines();
        assertTrue(lines.size() > 5, lines.toString());
        for (List<String> line : lines) {
            Optional<String> command =
                    Optional.of(line.get(0)).filter(first -> first.matches("[a-z]+[a-z-]*"));
            if (!helps.containsKey(command)) {
                helps.put(command, help(command));
            }
            for (String word : line) {
                String flag = word.split("=", 2)[0];
                assertTrue(
                        !flag.startsWith("-")
                                || helps.get(command).matches("(?s).*" + flag + "\\b.*"),
                        flag + " in " + line);
            }
        }
    }

    @Test
    void theMachinesAndThePodsBearEveryRole() throws IOException {
        List<String> roles = new ArrayList<>();
        for (int machine = 1; machine <= 3; machine++) {
            String text = DeployFiles.text("systemd/machine" + machine + ".env");
            roles.addAll(List.of(DeployFiles.matches("^AKT_ROLE=(.*)$", text).get(0).split(",")));
            assertEquals(
                    Set.of("10.0.0." + machine),
                    Set.copyOf(DeployFiles.matches("HOST=(.*)$", text)));
        }
        List<String> pods =
                DeployFiles.jobs("roles.yaml").stream()
                        .map(
                                job ->
                                        job.getSpec()
                                                .getTemplate()
                                                .getMetadata()
                                                .getLabels()
                                                .get("akt-role"))
                        .toList();

        assertEquals(new TreeSet<>(HostKeys.kinds()), new TreeSet<>(roles));
        assertEquals(new TreeSet<>(HostKeys.kinds()), new TreeSet<>(pods));
        assertEquals(pods.size(), node("kubernetes/job.conf").discovery().get().contactPoints());
    }

    @Test
    void theUnitRestartsOnlyWhatARestartMayCureAndWaitsForALastCheckpoint() throws IOException {
        assertEquals("on-failure", DeployFiles.unit("Restart"));
        assertEquals("2 5", DeployFiles.unit("RestartPreventExitStatus"));
        assertEquals("SIGTERM", DeployFiles.unit("KillSignal"));
        assertTrue(Integer.parseInt(DeployFiles.unit("LimitNOFILE")) >= 65_536);
        assertTrue(
                Integer.parseInt(DeployFiles.unit("TimeoutStopSec")) >= orderlyEnd().toSeconds());
    }

    /** What the two long phases of an orderly end may take, and two short ones. */
    private static Duration orderlyEnd() {
        Config shutdown = defaults().getConfig("akka.coordinated-shutdown");
        return shutdown.getDuration("phases.before-service-unbind.timeout")
                .plus(shutdown.getDuration("phases.cluster-exiting.timeout"))
                .plus(shutdown.getDuration("default-phase-timeout").multipliedBy(2));
    }

    @Test
    void everyManifestIsOfItsKindAndKustomizationNamesThemAll() throws IOException {
        JsonNode kustomization = DeployFiles.kustomization();
        Set<String> named = new TreeSet<>(Set.of("kustomization.yaml"));
        kustomization.get("resources").forEach(file -> named.add(file.asText()));
        kustomization.get("patches").forEach(patch -> named.add(patch.get("path").asText()));
        Set<String> there;
        try (Stream<Path> files = Files.list(DeployFiles.DIRECTORY.resolve("kubernetes"))) {
            there =
                    files.map(file -> file.getFileName().toString())
                            .filter(file -> file.endsWith(".yaml"))
                            .collect(Collectors.toCollection(TreeSet::new));
        }

        assertEquals(there, named);
        for (String file : there) {
            if (!file.equals("kustomization.yaml")) {
                assertFalse(DeployFiles.manifest(file).isEmpty(), file);
            }
        }
    }

    @Test
    void podsAreAskedAtManagementsPathsAndReachableAtTheJobsPorts() throws IOException {
        Container node = container();
        Config checks = defaults().getConfig("akka.management.health-checks");
        Probe live = node.getLivenessProbe();
        Probe ready = node.getReadinessProbe();
        Set<Integer> ports =
                node.getPorts().stream()
                        .map(ContainerPort::getContainerPort)
                        .collect(Collectors.toSet());
        Set<Integer> admitted =
                ((NetworkPolicy) DeployFiles.manifest("network.yaml").get(0))
                        .getSpec().getIngress().get(0).getPorts().stream()
                                .map(port -> port.getPort().getIntVal())
                                .collect(Collectors.toSet());

        assertEquals("/" + checks.getString("liveness-path"), live.getHttpGet().getPath());
        assertEquals("/" + checks.getString("readiness-path"), ready.getHttpGet().getPath());
        assertEquals("management", live.getHttpGet().getPort().getStrVal());
        assertEquals("management", ready.getHttpGet().getPort().getStrVal());
        assertEquals(PORTS, ports);
        assertEquals(PORTS, admitted);
        assertEquals(
                Set.of("AKT_HOST", "AKT_MANAGEMENT_HOST", "AKT_INSECURE"),
                node.getEnv().stream().map(env -> env.getName()).collect(Collectors.toSet()));
    }

    @Test
    void podsHaveWhatANodeWritesToAndEndInOrder() throws IOException {
        Set<String> mounts = mounts(container());

        assertTrue(
                mounts.containsAll(Set.of("/dev/shm", "/tmp", "/var/cache/akt-node")),
                mounts.toString());
        // The role's own, beside those that all have.
        for (Job role : DeployFiles.jobs("roles.yaml")) {
            Container own = role.getSpec().getTemplate().getSpec().getContainers().get(0);
            boolean supervises = own.getArgs().contains("--role=supervisor");
            assertEquals(supervises ? Set.of("/srv/akt") : Set.of(), mounts(own));
        }
        assertTrue(pod().getTerminationGracePeriodSeconds() >= orderlyEnd().toSeconds());
        assertEquals(USER, pod().getSecurityContext().getRunAsUser().toString());
    }

    @Test
    void theImageRunsAsTheSameUserAtTheSamePorts() throws IOException {
        String image = DeployFiles.text("docker/Dockerfile");
        List<String> exposed = DeployFiles.matches("\\b([0-9]+)/(?:tcp|udp)", image);

        assertEquals(PORTS, exposed.stream().map(Integer::valueOf).collect(Collectors.toSet()));
        assertEquals(List.of(USER + ":" + USER), DeployFiles.matches("^USER (.*)$", image));
        assertEquals(
                List.of(USER),
                DeployFiles.matches(
                        "^u akt-node ([0-9]+) ", DeployFiles.text("systemd/akt-node.sysusers")));
        for (String file : DeployFiles.matches("^!(.*)$", ignored())) {
            assertTrue(Files.exists(AktNodeHome.HOME.resolve(file)), file);
        }
    }

    private static String ignored() throws IOException {
        return DeployFiles.text("docker/Dockerfile.dockerignore");
    }

    @Test
    void aFieldThatKubernetesDoesNotKnowWouldBeNoticed() {
        String message =
                assertThrows(
                                IllegalArgumentException.class,
                                () ->
                                        DeployFiles.resources(
                                                "kind: Job\nspec: {backofLimit: 3, template: {}}"))
                        .getMessage();

        assertTrue(message.contains("backofLimit"), message);
    }
}
