package io.aktnode.ops.doctor;

import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.nio.file.FileStore;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import java.util.OptionalLong;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * What the checks look at; replaced in tests.
 *
 * @param root of the file system, normally {@code /}
 * @param environment variables of this process
 */
public record Machine(Path root, Map<String, String> environment) {

    private static final int LARGEST_FILE = 1 << 16;
    private static final Pattern KILOBYTES = Pattern.compile("(\\w+): +([0-9]+) kB");

    public static Machine current() {
        return new Machine(Path.of("/"), System.getenv());
    }

    /** The text of a small file, without blanks around it; empty when it cannot be read. */
    Optional<String> text(String file) {
        // Files below /proc/sys give all they have to the first read and nothing to a second, and
        // say their size is 0: Files.readString would see one character.
        try (InputStream in = Files.newInputStream(root.resolve(file))) {
            byte[] bytes = in.readNBytes(LARGEST_FILE);
            return Optional.of(new String(bytes, StandardCharsets.UTF_8).strip());
        } catch (IOException e) {
            return Optional.empty();
        }
    }

    OptionalLong number(String file) {
        return text(file).filter(text -> text.matches("[0-9]{1,18}")).stream()
                .mapToLong(Long::parseLong)
                .findFirst();
    }

    /** A line of /proc/meminfo in bytes. */
    OptionalLong memory(String name) {
        Matcher matcher = KILOBYTES.matcher(text("proc/meminfo").orElse(""));
        while (matcher.find()) {
            if (matcher.group(1).equals(name)) {
                return OptionalLong.of(Long.parseLong(matcher.group(2)) * 1024);
            }
        }
        return OptionalLong.empty();
    }

    /** Free bytes of the file system a directory is on; empty when it is not there. */
    OptionalLong free(String directory) {
        try {
            FileStore store = Files.getFileStore(root.resolve(directory));
            return OptionalLong.of(store.getUsableSpace());
        } catch (IOException e) {
            return OptionalLong.empty();
        }
    }

    String variable(String name) {
        return environment.getOrDefault(name, "");
    }
}
