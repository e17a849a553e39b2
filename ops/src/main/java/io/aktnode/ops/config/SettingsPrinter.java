package io.aktnode.ops.config;

import com.typesafe.config.Config;
import com.typesafe.config.ConfigObject;
import com.typesafe.config.ConfigRenderOptions;
import com.typesafe.config.ConfigUtil;
import com.typesafe.config.ConfigValue;
import java.util.Map;
import java.util.TreeMap;

/** Writes settings as HOCON, each with a comment on where its value came from. */
final class SettingsPrinter {

    private static final int COMMENT_COLUMN = 44;

    private final StringBuilder text = new StringBuilder();

    private SettingsPrinter() {}

    static String print(Config section, String name) {
        SettingsPrinter printer = new SettingsPrinter();
        printer.section(name, section.root(), "");
        return printer.text.toString();
    }

    private void section(String name, ConfigObject values, String indent) {
        text.append(indent).append(name).append(" {\n");
        String inner = indent + "  ";
        // Values first, then sections: the order a reader expects.
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(values).entrySet()) {
            if (!(entry.getValue() instanceof ConfigObject)) {
                value(ConfigUtil.joinPath(entry.getKey()), entry.getValue(), inner);
            }
        }
        for (Map.Entry<String, ConfigValue> entry : new TreeMap<>(values).entrySet()) {
            if (entry.getValue() instanceof ConfigObject child) {
                section(ConfigUtil.joinPath(entry.getKey()), child, inner);
            }
        }
        text.append(indent).append("}\n");
    }

    private void value(String name, ConfigValue value, String indent) {
        String line = indent + name + " = " + value.render(ConfigRenderOptions.concise());
        text.append(line)
                .append(" ".repeat(Math.max(1, COMMENT_COLUMN - line.length())))
                .append("# ")
                .append(Origins.describe(value))
                .append('\n');
    }
}
