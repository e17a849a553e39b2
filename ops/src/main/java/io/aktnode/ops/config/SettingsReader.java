package io.aktnode.ops.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigValue;
import java.nio.file.InvalidPathException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Optional;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Reads settings of one section by type; a wrong type or value is refused with the key, the value,
 * where it came from and what is expected.
 */
public final class SettingsReader {

    private final Config config;
    private final String section;

    SettingsReader(Config config, String section) {
        this.config = config;
        this.section = section;
    }

    public int integer(String key) {
        return read(key, "a whole number", config::getInt);
    }

    /** A whole number within bounds, both included. */
    public int integer(String key, int low, int high) {
        int value = integer(key);
        if (value < low || value > high) {
            String bounds =
                    high == Integer.MAX_VALUE ? low + " or more" : "from " + low + " to " + high;
            throw wrong(key, "a whole number " + bounds, null);
        }
        return value;
    }

    public long wide(String key) {
        return read(key, "a whole number", config::getLong);
    }

    public double number(String key) {
        return read(key, "a number", config::getDouble);
    }

    public boolean flag(String key) {
        return read(key, "true or false", config::getBoolean);
    }

    public Duration duration(String key) {
        return read(key, "a time such as 10s", config::getDuration);
    }

    /** A number of bytes, such as 64m; at most 2 GB. */
    public int bytes(String key) {
        long value = read(key, "a number of bytes such as 64m", config::getBytes);
        if (value > Integer.MAX_VALUE) {
            throw wrong(key, "at most 2 GB", null);
        }
        return (int) value;
    }

    public String text(String key) {
        return read(key, "a text", config::getString);
    }

    /** Whether neither a flag nor a file nor the environment gives the value. */
    public boolean isDefault(String key) {
        return read(key, "a text", path -> Origins.isDefault(config.getValue(path)));
    }

    /** A text that may be empty, which means: not given. */
    public Optional<String> given(String key) {
        return Optional.of(text(key)).filter(text -> !text.isBlank());
    }

    /** A path that may be empty, which means: not given. */
    public Optional<Path> path(String key) {
        try {
            return given(key).map(Path::of);
        } catch (InvalidPathException e) {
            throw wrong(key, "a path", e);
        }
    }

    public List<String> texts(String key) {
        return read(key, "a list such as [\"a\", \"b\"]", config::getStringList);
    }

    public List<Integer> integers(String key) {
        return read(key, "a list of whole numbers such as [100, 200]", config::getIntList);
    }

    public List<Double> numbers(String key) {
        return read(key, "a list of numbers such as [0.5, 0.5, 0.5]", config::getDoubleList);
    }

    /** A table of whole numbers by name. */
    public TreeMap<String, Integer> table(String key) {
        return read(
                key,
                "a table such as { output = 8 }",
                path -> {
                    TreeMap<String, Integer> table = new TreeMap<>();
                    Config entries = config.getConfig(path);
                    // Names hold dots (features.stage1...), which HOCON takes for nesting.
                    entries.entrySet()
                            .forEach(
                                    entry ->
                                            table.put(
                                                    entry.getKey().replace("\"", ""),
                                                    entries.getInt(entry.getKey())));
                    return table;
                });
    }

    /** One of the words; upper and lower case are the same. */
    public String choice(String key, List<String> words) {
        String word = text(key).toLowerCase(java.util.Locale.ROOT);
        if (!words.contains(word)) {
            throw wrong(key, "one of " + String.join(", ", words), null);
        }
        return word;
    }

    private <T> T read(String key, String expected, Function<String, T> getter) {
        try {
            return getter.apply(section + "." + key);
        } catch (ConfigException e) {
            throw wrong(key, expected, e);
        }
    }

    /** The refusal of a setting's value: key, value, origin, what is expected. */
    public SettingsException wrong(String key, String expected, Throwable cause) {
        ConfigValue value;
        try {
            value = config.getValue(section + "." + key);
        } catch (ConfigException e) {
            // It is null, or what should be the section around it is something else.
            return new SettingsException(
                    e.getMessage() + "; expected " + section + "." + key + " = " + expected, e);
        }
        return new SettingsException(
                name(key)
                        + " is "
                        + value.render(com.typesafe.config.ConfigRenderOptions.concise())
                        + ", expected "
                        + expected,
                cause);
    }

    /**
     * What the user calls a setting: the flag when it came from one, else its path and where it
     * stands.
     */
    private String name(String key) {
        var value = config.getValue(section + "." + key);
        String origin = Origins.describe(value);
        return Origins.isFlag(value) ? origin : section + "." + key + " (" + origin + ")";
    }
}
