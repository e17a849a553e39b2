package io.aktnode.ops.config;

import com.typesafe.config.ConfigValue;

/** Where a setting's value came from, for people. */
final class Origins {

    private Origins() {}

    /**
     * A flag such as {@code --bits}, {@code my.conf: 3}, {@code environment} or {@code default}.
     */
    static String describe(ConfigValue value) {
        if (isDefault(value)) {
            return "default";
        }
        String origin = value.origin().description();
        if (origin.equals("env variables")) {
            return "environment";
        }
        // Bundled files are in a jar, whose path tells a user nothing.
        return origin.replaceFirst(" @ (jar|file):.*", "");
    }

    static boolean isDefault(ConfigValue value) {
        return value.origin().description().contains("reference.conf @");
    }

    static boolean isFlag(ConfigValue value) {
        return value.origin().description().startsWith("--");
    }
}
