package io.aktnode.ops.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aktnode.ops.config.SettingsException;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.attribute.FileTime;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class QuickstartDirectoriesTest {

    @TempDir private Path parent;
    private QuickstartDirectories directories;

    @BeforeEach
    void look() {
        directories = new QuickstartDirectories(parent);
    }

    private void quickstart(String name, long seconds) throws IOException {
        Path checkpoints = Files.createDirectories(parent.resolve(name).resolve("checkpoints"));
        Files.setLastModifiedTime(checkpoints, FileTime.fromMillis(seconds * 1000));
    }

    @Test
    void aNewQuickstartTakesTheFirstFreeName() throws IOException {
        assertEquals(parent.resolve("akt-quickstart"), directories.free());

        quickstart("akt-quickstart", 1);
        quickstart("akt-quickstart-3", 2);

        assertEquals(parent.resolve("akt-quickstart-2"), directories.free());
    }

    @Test
    void aResumedOneTakesTheNewestThatHasACheckpoint() throws IOException {
        quickstart("akt-quickstart", 1);
        quickstart("akt-quickstart-2", 3);
        quickstart("akt-quickstart-3", 2);
        quickstart("another-quickstart", 4);
        Files.createDirectories(parent.resolve("akt-quickstart-4"));

        assertEquals(parent.resolve("akt-quickstart-2"), directories.newest());
    }

    @Test
    void thereIsNothingToResumeWithoutAnEarlierOne() {
        String refusal = assertThrows(SettingsException.class, directories::newest).getMessage();

        assertEquals(
                "there is no earlier quickstart here to resume; give --out DIR, or leave out"
                        + " --resume",
                refusal);
    }
}
