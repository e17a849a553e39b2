package io.aktnode.ops.job;

import static org.junit.jupiter.api.Assertions.assertEquals;
import static org.junit.jupiter.api.Assertions.assertThrows;

import io.aktnode.ops.config.Settings;
import io.aktnode.ops.config.SettingsException;
import java.awt.image.BufferedImage;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import javax.imageio.ImageIO;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class TeacherJobTest {

    @TempDir private Path directory;

    private void image(String name, int width, int height) throws IOException {
        Path file = directory.resolve(name);
        Files.createDirectories(file.getParent());
        ImageIO.write(
                new BufferedImage(width, height, BufferedImage.TYPE_INT_RGB), "png", file.toFile());
    }

    @Test
    void refusesImagesThatAreNotSquare() throws IOException {
        for (String name : new String[] {"a/1.png", "a/2.png", "b/1.png", "b/2.png"}) {
            image(name, 16, 12);
        }
        Settings settings =
                Settings.load(
                        Optional.empty(),
                        Optional.empty(),
                        Map.of(
                                "train-teacher.data",
                                new Settings.Flag("--data", directory.toString()),
                                "teacher.classes",
                                new Settings.Flag("--classes", 2)));

        String refusal =
                assertThrows(SettingsException.class, () -> new TeacherJob(settings.akt()))
                        .getMessage();

        assertEquals(
                "--data "
                        + directory
                        + " holds images of 12x16 pixels (height x width), expected as many rows as"
                        + " columns; crop or scale them",
                refusal);
    }
}
