package io.aktnode.ops.job;

import static org.junit.jupiter.api.Assertions.assertEquals;

import com.typesafe.config.Config;
import io.aktnode.ops.config.Settings;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class JobTextTest {

    private static final String TABLE = "akt.quantization.weight-bits-by-layer";

    @TempDir private Path directory;

    private Settings settings(String akt) throws IOException {
        Path file = Files.createTempFile(directory, "node", ".conf");
        Files.writeString(file, "akt { " + akt + " }");
        return Settings.load(Optional.empty(), Optional.of(file), Map.of());
    }

    /** Of two tables that were merged neither process would know. */
    @Test
    void aJobsTableIsNotMixedWithAProcessesOwn() throws IOException {
        Settings own =
                settings("seed = 7, quantization.weight-bits-by-layer { output = 8 }, window = 3");

        Config none = JobText.over(own, TABLE + " {}, akt.seed = 9").everything();
        Config other = JobText.over(own, TABLE + " { init = 6 }").everything();

        assertEquals(Map.of(), none.getObject(TABLE).unwrapped());
        assertEquals(9, none.getInt("akt.seed"));
        assertEquals(3, none.getInt("akt.window"));
        assertEquals(Map.of("init", 6), other.getObject(TABLE).unwrapped());
    }
}
