package io.aktnode.protocol.tensor;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertFalse;
import static org.junit.jupiter.api.Assertions.assertNotEquals;
import static org.junit.jupiter.api.Assertions.assertTrue;

import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.LinkOption;
import java.nio.file.Path;
import java.nio.file.attribute.PosixFilePermissions;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.Timeout;
import org.junit.jupiter.api.condition.EnabledOnOs;
import org.junit.jupiter.api.condition.OS;
import org.junit.jupiter.api.io.TempDir;

@Timeout(60)
class PrivateDirectoryTest {

    private static final String NAME = "akt-node-";

    @TempDir Path parent;
    private PrivateDirectory own;

    /** Another process with such a directory. */
    static final class Neighbour {
        public static void main(String[] args) throws IOException {
            try (PrivateDirectory directory = PrivateDirectory.create(Path.of(args[0]), NAME)) {
                Files.writeString(directory.path().resolve("log"), "in use");
                System.out.println(directory.path());
                System.in.read();
            }
        }
    }

    @BeforeEach
    void create() throws IOException {
        own = PrivateDirectory.create(parent, NAME);
    }

    @AfterEach
    void close() {
        own.close();
    }

    /** As a dead process leaves it. */
    private Path leave(String name) throws IOException {
        Path directory = Files.createDirectories(parent.resolve(name).resolve("driver"));
        Files.writeString(directory.resolve("cnc.dat"), "left");
        Files.createFile(directory.resolveSibling("lock"));
        return directory.getParent();
    }

    private Process startNeighbour() throws IOException {
        return new ProcessBuilder(
                        Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                        "-cp",
                        System.getProperty("java.class.path"),
                        Neighbour.class.getName(),
                        parent.toString())
                .redirectError(ProcessBuilder.Redirect.INHERIT)
                .start();
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void nobodyElseCanLookIntoIt() throws IOException {
        assertEquals(
                "rwx------",
                PosixFilePermissions.toString(Files.getPosixFilePermissions(own.path())));
    }

    @Test
    void doesNotTakeWhatIsThereAlready() throws IOException {
        int next =
                Integer.parseInt(own.path().getFileName().toString().substring(NAME.length())) + 1;
        Path prepared = Files.createDirectory(parent.resolve(NAME + next));

        try (PrivateDirectory other = PrivateDirectory.create(parent, NAME)) {
            assertNotEquals(prepared.toRealPath(), other.path());
        }
        assertTrue(Files.exists(prepared));
    }

    @Test
    void sweepsWhatDeadProcessesLeft() throws IOException {
        Path dead = leave(NAME + "1-2-3");
        Path notOurs = leave("of-somebody");

        own.sweepBesides(NAME);

        assertFalse(Files.exists(dead));
        assertTrue(Files.exists(notOurs));
        assertTrue(Files.exists(own.path()));
    }

    @Test
    void sparesWhatIsBeingMade() throws IOException {
        Path unlocked = Files.createDirectory(parent.resolve(NAME + "1-2-3"));

        own.sweepBesides(NAME);

        assertTrue(Files.exists(unlocked));
    }

    @Test
    void sparesOtherDirectoriesOfThisProcess() throws IOException {
        try (PrivateDirectory other = PrivateDirectory.create(parent, NAME)) {
            own.sweepBesides(NAME);

            assertTrue(Files.exists(other.path()));
        }
    }

    /** Its lock tells, not its process id, which means nothing in another container. */
    @Test
    void sparesALivingProcessesUntilItIsKilled() throws Exception {
        Process neighbour = startNeighbour();
        try {
            Path theirs = Path.of(neighbour.inputReader(StandardCharsets.UTF_8).readLine());
            own.sweepBesides(NAME);
            assertTrue(Files.exists(theirs.resolve("log")));

            assertTrue(neighbour.destroyForcibly().waitFor(30, TimeUnit.SECONDS));
            own.sweepBesides(NAME);

            assertFalse(Files.exists(theirs));
        } finally {
            neighbour.destroyForcibly();
        }
    }

    @Test
    @EnabledOnOs({OS.LINUX, OS.MAC})
    void followsNoLinks() throws IOException {
        Path precious = Files.createDirectory(parent.resolve("precious"));
        Path file = Files.writeString(precious.resolve("work"), "of years");
        Files.createFile(precious.resolve("lock"));
        Path link = Files.createSymbolicLink(parent.resolve(NAME + "1-1-0"), precious);
        Path dead = leave(NAME + "1-2-3");
        Files.createSymbolicLink(dead.resolve("x"), precious);
        Files.createSymbolicLink(own.path().resolve("x"), precious);

        own.sweepBesides(NAME);
        own.close();

        assertTrue(Files.exists(file));
        assertTrue(Files.exists(link, LinkOption.NOFOLLOW_LINKS));
        assertFalse(Files.exists(dead));
        assertFalse(Files.exists(own.path()));
    }

    @Test
    void goesOnAfterWhatCannotBeSwept() throws IOException {
        Files.createDirectories(parent.resolve(NAME + "1-2-3").resolve("lock"));
        Files.writeString(parent.resolve(NAME + "file"), "");
        Path dead = leave(NAME + "1-2-4");

        own.sweepBesides(NAME);

        assertFalse(Files.exists(dead));
    }

    @Test
    void closeLeavesNothingAndMayBeCalledTwice() throws IOException {
        own.close();
        own.close();

        try (Stream<Path> left = Files.list(parent)) {
            assertEquals(0, left.count());
        }
    }
}
