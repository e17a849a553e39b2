package io.aktnode.ops.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;

/**
 * All settings of this process: flags over the configuration file over the environment over the
 * defaults. Immutable.
 */
public final class Settings {

    private static final String ROOT = "akt";
    private static final long MAX_FILE_BYTES = 1 << 20;
    private static final int MAX_LINE_BYTES = 4096;
    private static final int MAX_SUBSTITUTIONS = 100;

    private final Config everything;

    private Settings(Config everything) {
        this.everything = everything;
    }

    /**
     * @param command a bundled resource with a command's own defaults, such as {@code quickstart},
     *     over the general ones
     * @param file HOCON, from {@code --config}; without one {@code -Dconfig.file} or an {@code
     *     application.conf} on the class path counts
     * @param flags values by path below {@code akt}
     * @throws SettingsException for a file that is missing or broken and for an unknown key
     */
    public static Settings load(
            Optional<String> command, Optional<Path> file, Map<String, Flag> flags) {
        try {
            return combine(command, file, flags);
        } catch (ConfigException e) {
            throw new SettingsException(e.getMessage() + "; mend the configuration file", e);
        } catch (StackOverflowError e) {
            // The library reads and resolves sections within sections by recursion.
            throw new SettingsException(
                    "configuration file nests sections too deeply; the deepest setting is five"
                            + " sections down, mend the brackets",
                    e);
        }
    }

    private static Settings combine(
            Optional<String> command, Optional<Path> file, Map<String, Flag> flags) {
        Config defaults = ConfigFactory.defaultReferenceUnresolved();
        if (command.isPresent()) {
            defaults = bundled(command.get()).withFallback(defaults);
        }
        defaults = bundled("akt-cluster").withFallback(defaults);
        Config users = file.map(Settings::parse).orElseGet(ConfigFactory::defaultApplication);
        KnownKeys.check(users, defaults);
        Config given = ConfigFactory.empty();
        for (Map.Entry<String, Flag> flag : flags.entrySet()) {
            given = given.withValue(ROOT + "." + flag.getKey(), flag.getValue().configValue());
        }
        return new Settings(
                given.withFallback(ConfigFactory.defaultOverrides())
                        .withFallback(users)
                        .withFallback(defaults)
                        .resolve());
    }

    /**
     * A value from the command line.
     *
     * @param name of the flag as typed, such as {@code --bits}
     */
    public record Flag(String name, Object value) {
        ConfigValue configValue() {
            return ConfigValueFactory.fromAnyRef(value, name);
        }
    }

    /** The same with other values, by path below {@code akt}. */
    public Settings with(Map<String, Flag> changes) {
        Config changed = everything;
        for (Map.Entry<String, Flag> change : changes.entrySet()) {
            changed =
                    changed.withValue(
                            ROOT + "." + change.getKey(), change.getValue().configValue());
        }
        return new Settings(changed);
    }

    private static Config bundled(String name) {
        return ConfigFactory.parseResources(
                Settings.class.getClassLoader(),
                name + ".conf",
                ConfigParseOptions.defaults().setAllowMissing(false));
    }

    private static Config parse(Path file) {
        if (!Files.isRegularFile(file)) {
            throw new SettingsException(
                    "configuration file " + file + " is not there or not a file; check the path");
        }
        requireSmall(file);
        try {
            return ConfigFactory.parseFile(
                    file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
        } catch (ConfigException e) {
            throw new SettingsException(
                    "configuration file is not valid HOCON: " + e.getMessage(), e);
        }
    }

    /**
     * What the library needs for a name grows with the square of the dots in it, and for a file
     * with that of its substitutions.
     */
    private static void requireSmall(Path file) {
        try {
            long size = Files.size(file);
            if (size > MAX_FILE_BYTES) {
                throw notSettings(file, "has " + size + " bytes, at most " + MAX_FILE_BYTES);
            }
            int line = 0;
            int substitutions = 0;
            for (byte character : Files.readAllBytes(file)) {
                line = character == '\n' ? 0 : line + 1;
                substitutions += character == '$' ? 1 : 0;
                if (line > MAX_LINE_BYTES) {
                    throw notSettings(file, "has a line of more than " + MAX_LINE_BYTES + " bytes");
                }
                if (substitutions > MAX_SUBSTITUTIONS) {
                    throw notSettings(
                            file, "has more than " + MAX_SUBSTITUTIONS + " substitutions ${...}");
                }
            }
        } catch (IOException e) {
            throw new SettingsException(
                    "configuration file " + file + " cannot be read (" + e + ")", e);
        }
    }

    private static SettingsException notSettings(Path file, String why) {
        return new SettingsException(
                "configuration file " + file + " " + why + "; is it the right file?");
    }

    /** Settings by path below {@code akt}. */
    public SettingsReader akt() {
        return new SettingsReader(everything, ROOT);
    }

    /**
     * These settings with others over them.
     *
     * @param hocon from another process
     * @throws ConfigException if that is not HOCON
     */
    public Settings with(String hocon) {
        return new Settings(
                ConfigFactory.parseString(
                                hocon,
                                ConfigParseOptions.defaults()
                                        .setOriginDescription("the run's lead"))
                        .withFallback(everything)
                        .resolve());
    }

    /** These settings without one below {@code akt}. */
    public Settings without(String path) {
        return new Settings(everything.withoutPath(ROOT + "." + path));
    }

    /** Everything, Akka's own settings included. */
    public Config everything() {
        return everything;
    }

    /** The {@code akt} part, without the actors' thread pools, which no user changes. */
    public Config effective() {
        return everything.getConfig(ROOT).withoutPath("actors");
    }

    /** The {@code akt} part as HOCON that can be given back as {@code --config}. */
    public String print() {
        return SettingsPrinter.print(effective(), ROOT);
    }
}
