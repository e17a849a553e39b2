package io.aktnode.it;

import com.fasterxml.jackson.databind.DeserializationFeature;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.introspect.Annotated;
import com.fasterxml.jackson.databind.introspect.JacksonAnnotationIntrospector;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import io.fabric8.kubernetes.api.model.Namespace;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.rbac.Role;
import io.fabric8.kubernetes.api.model.rbac.RoleBinding;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** What {@code ops/deploy} holds, as text and as what it means to systemd and Kubernetes. */
final class DeployFiles {

    static final Path DIRECTORY = AktNodeHome.HOME.resolve("ops/deploy");

    private static final Map<String, Class<?>> KINDS =
            Map.of(
                    "Namespace", Namespace.class,
                    "ServiceAccount", ServiceAccount.class,
                    "Role", Role.class,
                    "RoleBinding", RoleBinding.class,
                    "NetworkPolicy", NetworkPolicy.class,
                    "PersistentVolumeClaim", PersistentVolumeClaim.class,
                    "Job", Job.class);

    private static final ObjectMapper YAML =
            new ObjectMapper(new YAMLFactory())
                    .enable(DeserializationFeature.FAIL_ON_UNKNOWN_PROPERTIES)
                    .enable(DeserializationFeature.FAIL_ON_READING_DUP_TREE_KEY)
                    .setAnnotationIntrospector(new NoOtherFields());

    private DeployFiles() {}

    /** The model takes fields it does not know; a manifest with one is wrong. */
    private static final class NoOtherFields extends JacksonAnnotationIntrospector {

        private static final long serialVersionUID = 1L;

        @Override
        public Boolean hasAnySetter(Annotated annotated) {
            return false;
        }
    }

    static String text(String file) throws IOException {
        return Files.readString(DIRECTORY.resolve(file));
    }

    /** Texts of all files by their names. */
    static Map<String, String> all() throws IOException {
        Map<String, String> texts = new TreeMap<>();
        try (Stream<Path> files = Files.walk(DIRECTORY)) {
            for (Path file : files.filter(Files::isRegularFile).toList()) {
                texts.put(DIRECTORY.relativize(file).toString(), Files.readString(file));
            }
        }
        return texts;
    }

    /** All that a pattern's first group matches in a text. */
    static List<String> matches(String pattern, String text) {
        return Pattern.compile(pattern, Pattern.MULTILINE)
                .matcher(text)
                .results()
                .map(match -> match.group(1))
                .toList();
    }

    /** The last value of a unit's key. */
    static String unit(String key) throws IOException {
        Matcher matcher =
                Pattern.compile("(?m)^" + key + "=(.*)$")
                        .matcher(text("systemd/akt-node@.service"));
        if (!matcher.find()) {
            throw new IllegalStateException("the unit has no " + key);
        }
        return matcher.group(1);
    }

    static JsonNode kustomization() throws IOException {
        return YAML.readTree(text("kubernetes/kustomization.yaml"));
    }

    static List<Object> manifest(String file) throws IOException {
        return resources(text("kubernetes/" + file));
    }

    /**
     * The documents of a manifest, read as the kinds they claim to be.
     *
     * @throws IOException if it is not YAML or has a key twice
     * @throws IllegalArgumentException for an unknown field or kind, or a wrong type
     */
    static List<Object> resources(String manifest) throws IOException {
        try (MappingIterator<JsonNode> documents =
                YAML.readerFor(JsonNode.class).readValues(manifest)) {
            return documents.readAll().stream().map(DeployFiles::resource).toList();
        }
    }

    private static Object resource(JsonNode document) {
        String kind = document.path("kind").asText();
        if (!KINDS.containsKey(kind)) {
            throw new IllegalArgumentException("a manifest is of the unexpected kind " + kind);
        }
        return YAML.convertValue(document, KINDS.get(kind));
    }

    static List<Job> jobs(String file) throws IOException {
        return manifest(file).stream().map(Job.class::cast).toList();
    }
}
