package io.aktnode.actors.checkpoint;

import io.aktnode.protocol.frame.RoleId;
import java.nio.file.Path;

/** A complete checkpoint and where it lies. */
public record Checkpoint(Path directory, Manifest manifest) {

    /** The file with the hashes of all others, as {@code sha256sum -c} reads it. */
    public static final String SUMS = "SHA256SUMS";

    public long step() {
        return manifest.step();
    }

    /** Whether it holds a state of the role. */
    public boolean has(RoleId role) {
        return manifest.files().containsKey(StateFiles.file(role));
    }

    public Path file(String name) {
        return directory.resolve(name);
    }
}
