package io.aktnode.ops.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigException;
import com.typesafe.config.ConfigFactory;
import com.typesafe.config.ConfigParseOptions;
import com.typesafe.config.ConfigValue;
import com.typesafe.config.ConfigValueFactory;
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
        try {
            return new Settings(
                    given.withFallback(ConfigFactory.defaultOverrides())
                            .withFallback(users)
                            .withFallback(defaults)
                            .resolve());
        } catch (ConfigException e) {
            throw new SettingsException(e.getMessage() + "; mend the configuration file", e);
        }
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
        try {
            return ConfigFactory.parseFile(
                    file.toFile(), ConfigParseOptions.defaults().setAllowMissing(false));
        } catch (ConfigException e) {
            throw new SettingsException(
                    "configuration file is not valid HOCON: " + e.getMessage(), e);
        }
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
