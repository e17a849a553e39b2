package io.aktnode.ops.cli;

import io.aktnode.ops.config.Settings;
import java.util.LinkedHashMap;
import java.util.Map;

/** The settings given on the command line. */
final class Flags {

    private final Map<String, Settings.Flag> values = new LinkedHashMap<>();

    /**
     * @param path of the setting, below {@code akt}
     * @param name of the flag
     * @param value null when it was not given
     */
    Flags put(String path, String name, Object value) {
        if (value != null) {
            values.put(path, new Settings.Flag(name, value));
        }
        return this;
    }

    Map<String, Settings.Flag> values() {
        return values;
    }
}
