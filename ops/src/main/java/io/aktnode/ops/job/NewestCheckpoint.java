package io.aktnode.ops.job;

import io.aktnode.actors.run.RunListener;
import io.aktnode.nn.data.Normalization;
import io.aktnode.nn.model.ModelFileException;
import io.aktnode.nn.model.Safetensors;
import io.aktnode.ops.report.ImageGrid;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Path;

/** Remembers the newest checkpoint of a run, to draw with the generator in it. Any thread. */
public final class NewestCheckpoint implements RunListener {

    private static final String GENERATOR = "generator.safetensors";

    private Path directory;
    private long step;

    @Override
    public synchronized void onCheckpoint(long newStep, Path newDirectory) {
        step = newStep;
        directory = newDirectory;
    }

    /**
     * Writes a grid of images the generator draws; does nothing before the first checkpoint.
     *
     * @throws ModelFileException when the checkpoint cannot be read
     */
    public synchronized void drawSamples(
            EngineRoles roles, Normalization normalization, Path file) {
        if (directory == null) {
            return;
        }
        roles.sample(
                Safetensors.read(directory.resolve(GENERATOR)),
                step,
                batch -> {
                    try {
                        ImageGrid.write(batch.images(), normalization, file);
                    } catch (IOException e) {
                        throw new UncheckedIOException("cannot write " + file, e);
                    }
                });
    }
}
