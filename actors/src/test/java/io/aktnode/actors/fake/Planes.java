package io.aktnode.actors.fake;

import io.aktnode.protocol.tensor.DataPlane;
import io.aktnode.protocol.tensor.DataPlaneConfig;
import java.nio.file.Path;

/** Data planes for tests. */
public final class Planes {

    private Planes() {}

    /** One with a media driver of its own; a fault of it counts, too, in its {@code faults}. */
    public static DataPlane start(Path directory) {
        return DataPlane.start(
                DataPlaneConfig.defaults().withDirectory(directory),
                fault -> {
                    throw new AssertionError(fault);
                });
    }
}
