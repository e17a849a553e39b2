package io.aktnode.actors.checkpoint;

import java.nio.file.Path;

/** A complete checkpoint and where it lies. */
public record Checkpoint(Path directory, Manifest manifest) {

    public long step() {
        return manifest.step();
    }

    public Path file(String name) {
        return directory.resolve(name);
    }
}
