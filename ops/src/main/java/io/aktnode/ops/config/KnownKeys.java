package io.aktnode.ops.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigValue;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Refuses settings that do not exist, so that a misspelt one is not silently the default. */
final class KnownKeys {

    /** Below these any key may stand: they are tables of the user's own names. */
    private static final List<String> OPEN = List.of("akt.quantization.weight-bits-by-layer");

    /** Settings of earlier versions, and what to give instead. */
    private static final Map<String, String> RENAMED =
            Map.of(
                    "akt.supervisor.rescales-per-hour",
                    "give akt.supervisor.rescales-per-thousand-steps, which counts by role and does"
                            + " not depend on how fast the machine is");

    private KnownKeys() {}

    /**
     * @param given the user's file
     * @param known the defaults, which name every setting
     * @throws SettingsException naming the first unknown key below {@code akt} and the nearest
     *     known
     */
    static void check(Config given, Config known) {
        List<String> paths = new ArrayList<>();
        collect("akt", (ConfigObject) known.root().get("akt"), paths);
        ConfigValue akt = given.root().get("akt");
        if (akt instanceof ConfigObject object) {
            check("akt", object, paths);
        } else if (akt != null) {
            throw new SettingsException(
                    "akt must be a section: akt { … } (" + Origins.describe(akt) + ")");
        }
    }

    private static void collect(String path, ConfigObject object, List<String> paths) {
        paths.add(path);
        for (Map.Entry<String, ConfigValue> entry : object.entrySet()) {
            String child = path + "." + entry.getKey();
            if (entry.getValue() instanceof ConfigObject section) {
                collect(child, section, paths);
            } else {
                paths.add(child);
            }
        }
    }

    private static void check(String path, ConfigObject given, List<String> known) {
        if (OPEN.contains(path)) {
            return;
        }
        for (Map.Entry<String, ConfigValue> entry : entries(path, given)) {
            String child = path + "." + entry.getKey();
            if (!known.contains(child)) {
                String instead = RENAMED.get(child);
                throw new SettingsException(
                        child
                                + " ("
                                + Origins.describe(entry.getValue())
                                + (instead == null
                                        ? ") is not a setting; the nearest is "
                                                + nearest(child, known)
                                        : ") is no longer a setting; " + instead));
            }
            if (entry.getValue() instanceof ConfigObject section) {
                check(child, section, known);
            }
        }
    }

    private static Set<Map.Entry<String, ConfigValue>> entries(String path, ConfigObject given) {
        try {
            return given.entrySet();
        } catch (ConfigException.NotResolved e) {
            throw new SettingsException(
                    path
                            + " ("
                            + Origins.describe(given)
                            + ") is put together by a substitution ${...}, expected its settings"
                            + " one by one; write them out",
                    e);
        }
    }

    /** By edits to the whole path or to its last name, whichever is nearer. */
    private static String nearest(String path, List<String> known) {
        return known.stream()
                .filter(candidate -> !candidate.equals("akt"))
                .min(
                        Comparator.comparingInt(
                                candidate ->
                                        Math.min(
                                                2 * edits(path, candidate),
                                                2 * edits(last(path), last(candidate)) + 1)))
                .orElseThrow();
    }

    private static String last(String path) {
        return path.substring(path.lastIndexOf('.') + 1);
    }

    /** Levenshtein distance. */
    private static int edits(String a, String b) {
        int[] row = new int[b.length() + 1];
        for (int j = 0; j <= b.length(); j++) {
            row[j] = j;
        }
        for (int i = 1; i <= a.length(); i++) {
            int diagonal = row[0];
            row[0] = i;
            for (int j = 1; j <= b.length(); j++) {
                int replaced = diagonal + (a.charAt(i - 1) == b.charAt(j - 1) ? 0 : 1);
                diagonal = row[j];
                row[j] = Math.min(replaced, Math.min(row[j], row[j - 1]) + 1);
            }
        }
        return row[b.length()];
    }
}
